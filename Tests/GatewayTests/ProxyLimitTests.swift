import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import Gateway

@Suite struct ProxyLimitTests {
    @Test func `somebody who calls too often is told when to come again`() async throws {
        let upstream = try await RawUpstream { $1.answer("{}") }
        let bench = try ProxyBench(upstream)
        for _ in 0..<30 { _ = try await bench.post("v1/chat/completions", "{}") }
        let problem = try await bench.problem { try await bench.post("v1/chat/completions", "{}") }
        #expect(problem.kind == .tooManyRequests)
        #expect((1...2).contains(problem.retryAfter ?? 0))
        _ = try await bench.post("v1/chat/completions", "{}", for: .user("grace"))
        _ = try await bench.get("v1/models")
        bench.means.skip(.seconds(2))
        _ = try await bench.post("v1/chat/completions", "{}")
        try await upstream.stop()
    }

    @Test func `there are so many calls at once and no more`() async throws {
        let upstream = try await RawUpstream { _, _ in }
        let bench = try ProxyBench(upstream) { $0.calls = 1 }
        let call = Task { try await bench.get("v1/models") }
        #expect(try await eventually { upstream.requests.count == 1 } != nil)
        #expect(try await bench.problem { try await bench.get("v1/models") }.kind == .tooManyRequests)
        call.cancel()
        _ = await call.result
        let next = Task { try await bench.get("v1/models") }
        #expect(try await eventually { upstream.requests.count == 2 } != nil)
        next.cancel()
        _ = await next.result
        try await upstream.stop()
    }

    @Test func `a table forgets what was not used for longest`() {
        var table = RecentTable<Int, String>(limit: 3)
        for number in 1...3 { table.set("\(number)", for: number) }
        #expect(table.value(for: 1) == "1")
        table.set("4", for: 4)
        #expect(table.value(for: 2) == nil)
        #expect([1, 3, 4].allSatisfy { table.value(for: $0) == "\($0)" })
        table.set("long", for: 5, cost: 2)
        #expect(table.count == 2)
        #expect(table.cost == 3)
        table.set("longer", for: 6, cost: 4)
        #expect(table.value(for: 6) == nil)
        table.removeAll { $0 == 5 }
        #expect(table.cost == 1)
        table.remove(4)
        #expect(table.count == 0)
        table.set("7", for: 7)
        #expect(table.value(for: 7) == "7")
    }
}
