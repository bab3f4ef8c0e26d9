/// An error as programs read it (RFC 9457).
public enum ProblemDetails {
    public static func render(_ notice: ErrorNotice) -> String {
        """
        {"type":"\(JSONText.escape(notice.type))","title":"\(JSONText.escape(notice.title))","status":\(notice.status),\
        "detail":"\(JSONText.escape(notice.message))","remedy":"\(JSONText.escape(notice.remedy))",\
        "requestID":"\(JSONText.escape(notice.requestID))"}

        """
    }
}
