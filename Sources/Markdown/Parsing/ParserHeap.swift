import CCMark

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Memory of cmark-gfm's on one thread, given back all at once: a note of 20 kB is a thousand nodes and more texts,
/// and `malloc` and `free` of each would be a third of parsing.
///
/// What is freed is used again, so it holds no more than twice what is in use. A thread has at most one parser at a time.
enum ParserHeap {
    /// What parsers are given; lives as long as the program.
    nonisolated(unsafe) static let functions: UnsafeMutablePointer<cmark_mem> = {
        makeKey()
        let functions = UnsafeMutablePointer<cmark_mem>.allocate(capacity: 1)
        unsafe functions.initialize(
            to: cmark_mem(
                calloc: { count, size in unsafe ParserHeap.zeroed(count, size) },
                realloc: { unsafe ParserHeap.resized($0, $1) },
                free: { unsafe ParserHeap.free($0) }))
        return unsafe functions
    }()

    /// Runs `body`, and frees whatever the parsers in it have not.
    static func using<Result>(_ body: () -> Result) -> Result {
        _ = unsafe functions
        let state = unsafe current()
        defer { unsafe state.pointee.clear() }
        return body()
    }

    /// Of one thread.
    @unsafe private struct State {
        var next: UnsafeMutableRawPointer?
        var left = 0
        /// The newest chunk, which begins with the address of the one before.
        var chunk: UnsafeMutableRawPointer?
        /// The first of the blocks that were freed, by class; each begins with the address of the next.
        let free: UnsafeMutablePointer<UnsafeMutableRawPointer?>

        init(free: UnsafeMutablePointer<UnsafeMutableRawPointer?>) {
            unsafe self.free = unsafe free
            unsafe free.initialize(repeating: nil, count: ParserHeap.classes)
        }

        @inline(__always) mutating func block(ofClass number: Int) -> UnsafeMutableRawPointer {
            if let block = unsafe free[number] {
                unsafe free[number] = block.load(as: UnsafeMutableRawPointer?.self)
                return unsafe block
            }
            let size = ParserHeap.header &+ ParserHeap.capacity(ofClass: number)
            if unsafe size > left { unsafe grow(by: size) }
            guard let block = unsafe next else { fatalError("there is no memory to parse with") }
            unsafe next = block + size
            unsafe left &-= size
            unsafe block.storeBytes(of: number, as: Int.self)
            return unsafe block + ParserHeap.header
        }

        private mutating func grow(by size: Int) {
            let whole = max(ParserHeap.chunkSize, size + ParserHeap.header)
            guard let new = unsafe malloc(whole) else { fatalError("there is no memory to parse with") }
            unsafe new.storeBytes(of: chunk, as: UnsafeMutableRawPointer?.self)
            unsafe (chunk, next, left) = unsafe (new, new + ParserHeap.header, whole - ParserHeap.header)
        }

        /// All but the first chunk, which is enough for most notes: memory that is known already is twice as quick.
        mutating func clear() {
            while let last = unsafe chunk, let previous = unsafe last.load(as: UnsafeMutableRawPointer?.self) {
                unsafe chunk = unsafe previous
                unsafe ParserHeap.release(last)
            }
            if let chunk = unsafe chunk {
                unsafe (next, left) = unsafe (chunk + ParserHeap.header, ParserHeap.chunkSize - ParserHeap.header)
            }
            unsafe free.update(repeating: nil, count: ParserHeap.classes)
        }
    }

    /// Before each block: its class. As many bytes as the alignment of anything.
    private static let header = 16
    private static let chunkSize = 512 << 10
    /// Whole lines of any processor's cache.
    private static let stateSize = 128

    // MARK: Classes of sizes: multiples of 16 up to 512, powers of two above

    private static let fineClasses = 32
    private static let classes = fineClasses + 55

    @inline(__always) private static func number(forSize size: Int) -> Int {
        size <= 512 ? max(0, (size &+ 15) >> 4 &- 1) : fineClasses + (Int.bitWidth - (size - 1).leadingZeroBitCount - 10)
    }

    @inline(__always) private static func capacity(ofClass number: Int) -> Int {
        number < fineClasses ? (number &+ 1) << 4 : 1 << (number - fineClasses + 10)
    }

    // MARK: What cmark-gfm calls

    private static func zeroed(_ count: Int, _ size: Int) -> UnsafeMutableRawPointer? {
        // No node and no text is anywhere near.
        guard count >= 0, size >= 0, count < 1 << 30, size < 1 << 30 else { fatalError("there is no memory to parse with") }
        let bytes = count &* size
        let block = unsafe current().pointee.block(ofClass: number(forSize: bytes))
        unsafe memset(block, 0, bytes)
        return unsafe block
    }

    private static func resized(_ block: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        guard size >= 0, size < 1 << 60 else { fatalError("there is no memory to parse with") }
        guard let block = unsafe block else { return unsafe current().pointee.block(ofClass: number(forSize: size)) }
        let old = unsafe capacity(ofClass: (block - header).load(as: Int.self))
        guard size > old else { return unsafe block }
        let new = unsafe current().pointee.block(ofClass: number(forSize: size))
        unsafe memcpy(new, block, old)
        unsafe free(block)
        return unsafe new
    }

    private static func free(_ block: UnsafeMutableRawPointer?) {
        guard let block = unsafe block else { return }
        let state = unsafe current()
        let number = unsafe (block - header).load(as: Int.self)
        unsafe block.storeBytes(of: state.pointee.free[number], as: UnsafeMutableRawPointer?.self)
        unsafe state.pointee.free[number] = unsafe block
    }

    private static func release(_ chunk: UnsafeMutableRawPointer) {
        #if canImport(Glibc)
        unsafe Glibc.free(chunk)
        #elseif canImport(Musl)
        unsafe Musl.free(chunk)
        #else
        unsafe Darwin.free(chunk)
        #endif
    }

    // MARK: Threads

    /// Of every thread's state; made with ``functions``, before anybody asks for memory. No lazy constant, which would
    /// be looked after for each block.
    @exclusivity(unchecked) nonisolated(unsafe) private static var key = pthread_key_t()

    private static func makeKey() {
        let failure = unsafe pthread_key_create(&key) { state in
            #if canImport(Darwin)
            let state: UnsafeMutableRawPointer? = unsafe state
            #endif
            guard let state = unsafe state else { return }
            if let chunk = unsafe state.assumingMemoryBound(to: State.self).pointee.chunk { unsafe ParserHeap.release(chunk) }
            unsafe state.deallocate()
        }
        precondition(failure == 0, "a program may have a thousand keys")
    }

    @inline(__always) private static func current() -> UnsafeMutablePointer<State> {
        if let known = unsafe pthread_getspecific(key) { return unsafe known.assumingMemoryBound(to: State.self) }
        return unsafe made()
    }

    private static func made() -> UnsafeMutablePointer<State> {
        // Two threads' states in one line of a processor's cache would be taken from one another all the time.
        let size = unsafe stateSize + classes * MemoryLayout<UnsafeMutableRawPointer?>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size + stateSize, alignment: stateSize)
        let free = unsafe (memory + stateSize).bindMemory(to: UnsafeMutableRawPointer?.self, capacity: classes)
        let state = unsafe memory.bindMemory(to: State.self, capacity: 1)
        unsafe state.initialize(to: State(free: free))
        unsafe pthread_setspecific(key, memory)
        return unsafe state
    }
}
