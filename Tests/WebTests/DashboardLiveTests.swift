import FoundationEssentials
import Gateway
import JSON
import Testing

@testable import Web

/// What an open page is told.
@Suite struct DashboardLiveTests {
    private static let session = "agent:main:main"

    private static func chat(
        _ state: String, seq: Int? = nil, run: String = "r1", session: String = session, _ more: [String: JSONValue] = [:]
    ) -> GatewayEvent {
        var payload: [String: JSONValue] = ["runId": .string(run), "sessionKey": .string(session), "state": .string(state)]
        payload["seq"] = seq.map { .integer($0) }
        return GatewayEvent(name: "chat", payload: .object(payload.merging(more) { $1 }))
    }

    private static func delta(_ seq: Int, _ text: String, all: String? = nil, replace: Bool = false) -> GatewayEvent {
        var more: [String: JSONValue] = ["deltaText": .string(text)]
        more["message"] = all.map { ["role": "assistant", "content": [["type": "text", "text": .string($0)]]] }
        if replace { more["replace"] = true }
        return chat("delta", seq: seq, more)
    }

    // MARK: Words

    @Test func `words come in order, each once`() {
        var frames = ChatFrames(session: Self.session)
        #expect(frames.next(Self.delta(1, "Hel")) == ["run": "r1", "state": "delta", "text": "Hel"])
        #expect(frames.next(Self.delta(1, "Hel")) == nil)
        #expect(frames.next(Self.delta(2, "lo")) == ["run": "r1", "state": "delta", "text": "lo"])
        #expect(frames.next(Self.delta(3, "Hello!", replace: true)) == ["run": "r1", "state": "delta", "text": "Hello!", "replace": true])
        let final = Self.chat("final", seq: 4, ["message": ["role": "assistant", "content": "Hello!"]])
        #expect(frames.next(final) == ["run": "r1", "state": "final", "text": "Hello!"])
    }

    @Test func `who comes later, or misses something, gets all words so far`() {
        var frames = ChatFrames(session: Self.session)
        #expect(frames.next(Self.delta(5, "lo", all: "Hello")) == ["run": "r1", "state": "delta", "text": "Hello", "replace": true])
        #expect(frames.next(Self.delta(9, "?", all: "Hello you?")) == ["run": "r1", "state": "delta", "text": "Hello you?", "replace": true])
    }

    @Test func `where the gateway does not say all words so far, the history has them`() {
        var frames = ChatFrames(session: Self.session)
        #expect(frames.next(Self.delta(1, "a"))?["text"] == "a")
        #expect(frames.next(Self.delta(4, "d")) == ["run": "r1", "state": "gap"])
        #expect(frames.next(Self.delta(5, "e"))?["text"] == "e")
    }

    @Test func `nothing of another conversation is told`() {
        var frames = ChatFrames(session: Self.session)
        #expect(frames.next(Self.chat("delta", seq: 1, session: "agent:main:other", ["deltaText": "secret"])) == nil)
        #expect(frames.next(Self.chat("final", seq: 2, session: "agent:main:other")) == nil)
        var none: ChatFrames?
        let text = LiveStream.text(of: .event(Self.delta(1, "secret")), .admin, nil, &none)
        #expect(text == nil)
    }

    @Test func `an answer that fails or is stopped ends`() {
        var frames = ChatFrames(session: Self.session)
        #expect(frames.next(Self.chat("error", ["errorMessage": "rate limit"])) == ["run": "r1", "state": "error", "text": "rate limit"])
        #expect(frames.next(Self.chat("aborted")) == ["run": "r1", "state": "aborted"])
    }

    // MARK: Frames

    @Test func `an event of the stream is one line of JSON, whatever is said`() throws {
        var frames: ChatFrames? = ChatFrames(session: Self.session)
        let text = try #require(LiveStream.text(of: .event(Self.delta(1, "a\n\ndata: b\r\u{2028}")), .user, Self.session, &frames))
        #expect(text.hasPrefix("event: chat\ndata: {") && text.hasSuffix("}\n\n"))
        #expect(text.split(whereSeparator: { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }).count == 2)
    }

    @Test func `states, signs of life and the end are told`() {
        var frames: ChatFrames?
        let hello = GatewayLink.Hello(version: "2026.9.3", methods: [], scopes: [])
        #expect(LiveStream.text(of: .state(.ready(hello)), .user, nil, &frames) == "event: link\ndata: ready\n\n")
        #expect(
            LiveStream.text(of: .state(.unavailable(GatewayProblem(.slow))), .user, nil, &frames) == "event: link\ndata: gateway-slow\n\n")
        #expect(LiveStream.text(of: .beat, .user, nil, &frames)?.hasPrefix(":") == true)
        #expect(LiveStream.text(of: .ended, .user, nil, &frames) == "event: ended\ndata: session\n\n")
    }

    @Test func `what is not for a role is not told to it`() {
        let event = GatewayEvent(name: "exec.approval.requested", payload: [:])
        #expect(LiveTopic.touched(by: event, role: .author, session: nil).isEmpty)
        #expect(LiveTopic.touched(by: event, role: .admin, session: nil) == [.events])
        #expect(LiveTopic.touched(by: GatewayEvent(name: "cron", payload: [:]), role: .user, session: nil) == [.events, .jobs])
        #expect(LiveTopic.touched(by: GatewayEvent(name: "tick", payload: [:]), role: .admin, session: nil).isEmpty)
        #expect(LiveTopic.touched(by: GatewayEvent(name: "something.new", payload: [:]), role: .admin, session: nil).isEmpty)
    }

    // MARK: What happened

    @Test func `the last events are kept, the newest first, for whom they are`() {
        let events = RecentEvents(limit: 3, now: { Date(timeIntervalSince1970: 1_790_000_000) })
        for number in 1...4 { events.add(HappeningView(kind: "cron", text: "\(number)")) }
        #expect(events.newest(for: .user).map(\.what.text) == ["4", "3", "2"])
        events.add(HappeningView(kind: "config.changed", text: "5", role: .admin))
        #expect(events.newest(for: .user).map(\.what.text) == ["4", "3"])
        #expect(events.newest(for: .admin, limit: 1).map(\.what.text) == ["5"])
    }

    @Test func `an event is told without what was said`() {
        let words = HappeningView(Self.chat("final", ["message": ["role": "assistant", "content": "secret words"], "errorMessage": "secret"]))
        #expect(words?.text == "An answer is complete in agent:main:main.")
        let failed = HappeningView(Self.chat("error", ["errorMessage": "secret", "errorKind": "rate_limit"]))
        #expect(failed?.text == "An answer failed in agent:main:main: rate limit.")
        #expect(failed?.isTrouble == true)
        #expect(HappeningView(Self.delta(1, "secret")) == nil)
    }

    @Test func `one person has a few streams, which are free again when they end`() {
        let seats = LiveSeats(limit: 2)
        let person = UUID()
        var held = [seats.take(person), seats.take(person)]
        #expect(held.allSatisfy { $0 != nil })
        #expect(seats.take(person) == nil)
        #expect(seats.take(UUID()) != nil)
        held.removeAll()
        #expect(seats.take(person) != nil)
    }
}
