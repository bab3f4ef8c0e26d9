/// Looks whether a folder is still as it is known to be, by listing it only where something may have happened in it. For one
/// thread at a time.
final class FolderLooks {
    private let watch = FolderWatch()
    /// Where the folder was at the last listing.
    private var root: String?
    /// What was listed last was what was known.
    private var isSettled = false

    /// Whether a listing would now be another.
    ///
    /// - Parameter isKnown: whether a listing is what is known.
    func hasChanged(_ folder: Folder, isKnown: (Folder.Listing) -> Bool) -> Bool {
        // A folder that cannot be listed for a moment keeps what was read before.
        guard let place = folder.place else { return false }
        // Asked in any case: what is told is taken.
        let mayHaveChanged = watch.mayHaveChanged()
        if !mayHaveChanged, isSettled, place == root { return false }
        isSettled = false
        guard var listing = try? folder.list() else { return false }
        // What came into a new folder before it was watched is seen by looking once more.
        while watch.watch(Set(listing.folders.map { $0.isEmpty ? place : "\(place)/\($0)" })) {
            // As above.
            guard let next = try? folder.list() else { return false }
            listing = next
        }
        root = place
        isSettled = isKnown(listing)
        return !isSettled
    }
}
