public import HTTPTypes
public import NIOCore

/// An answer of status 200 that is all here.
public struct WholeAnswer: Sendable {
    /// Its fields as they are written, each with its line end; without what the edge adds to each answer.
    public let fields: ByteBuffer
    public let contentType: String?
    /// Whether ``fields`` have an entity tag, and so stand for these bytes.
    public let hasTag: Bool
    /// Fields that its way adds.
    public var more: [(name: HTTPField.Name, value: String)] = []
    public var content: ByteBuffer

    init(_ head: AnswerHead, content: ByteBuffer) {
        fields = head.callerFields
        contentType = head.contentType
        hasTag = head.etag != nil
        self.content = content
    }
}
