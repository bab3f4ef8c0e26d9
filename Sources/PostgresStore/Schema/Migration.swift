/// One step from one version of the tables to the next. What was released is never changed, only followed by another.
struct Migration: Sendable {
    /// From 1, without gaps.
    let number: Int
    let name: String
    let statements: [String]

    static let all = [accounts, audit]

    private static let accounts = Migration(
        number: 1, name: "accounts, sessions, links, events",
        statements: [
            """
            CREATE TABLE app.users (
                id uuid PRIMARY KEY,
                email text COLLATE "C" NOT NULL UNIQUE,
                name text NOT NULL,
                role text NOT NULL,
                password text,
                factor_secret bytea,
                factor_is_confirmed boolean,
                factor_last_step bigint,
                factor_recovery_hashes bytea[],
                created_at timestamptz NOT NULL,
                password_changed_at timestamptz,
                locked_at timestamptz,
                version bigint NOT NULL,
                CONSTRAINT factor_is_whole CHECK (num_nulls(factor_secret, factor_is_confirmed, factor_last_step, factor_recovery_hashes) IN (0, 4))
            )
            """,
            "CREATE INDEX users_role ON app.users (role) WHERE locked_at IS NULL",
            """
            CREATE TABLE app.sessions (
                id uuid PRIMARY KEY,
                user_id uuid NOT NULL REFERENCES app.users ON DELETE CASCADE,
                token_hash bytea NOT NULL UNIQUE,
                created_at timestamptz NOT NULL,
                last_seen_at timestamptz NOT NULL,
                expires_at timestamptz NOT NULL,
                method text NOT NULL,
                address text,
                user_agent text NOT NULL
            )
            """,
            "CREATE INDEX sessions_of_user ON app.sessions (user_id, last_seen_at DESC, id)",
            "CREATE INDEX sessions_end ON app.sessions (expires_at)",
            "CREATE INDEX sessions_last_seen ON app.sessions (last_seen_at)",
            """
            CREATE TABLE app.one_time_links (
                token_hash bytea PRIMARY KEY,
                purpose text NOT NULL,
                user_id uuid REFERENCES app.users ON DELETE CASCADE,
                role text NOT NULL,
                email text COLLATE "C",
                created_at timestamptz NOT NULL,
                expires_at timestamptz NOT NULL
            )
            """,
            "CREATE INDEX one_time_links_of_user ON app.one_time_links (user_id, purpose)",
            "CREATE INDEX one_time_links_end ON app.one_time_links (expires_at)",
            """
            CREATE TABLE app.events (
                id uuid PRIMARY KEY,
                at timestamptz NOT NULL,
                source text NOT NULL,
                kind text NOT NULL,
                text text NOT NULL,
                user_id uuid
            )
            """,
            "CREATE INDEX events_order ON app.events (at DESC, id DESC)",
            "CREATE INDEX events_of_user ON app.events (user_id, at DESC, id DESC)",
        ])

    private static let audit = Migration(
        number: 2, name: "audit trail",
        statements: [
            """
            CREATE TABLE audit.events (
                id uuid PRIMARY KEY,
                at timestamptz NOT NULL,
                action text NOT NULL,
                outcome text NOT NULL,
                actor uuid,
                subject uuid,
                session_id uuid,
                address text,
                user_agent text NOT NULL,
                request_id text,
                details jsonb NOT NULL
            )
            """,
            "CREATE INDEX events_order ON audit.events (at DESC, id DESC)",
            "CREATE INDEX events_of_subject ON audit.events (subject, at DESC, id DESC)",
            "CREATE INDEX events_of_actor ON audit.events (actor, at DESC, id DESC)",
            """
            CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'the audit trail is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
            END
            $$
            """,
            """
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.events
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()
            """,
            // Also for a session that replicates, which would pass other triggers by.
            "ALTER TABLE audit.events ENABLE ALWAYS TRIGGER append_only",
        ])
}
