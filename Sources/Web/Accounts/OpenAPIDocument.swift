import Hummingbird

/// What the API is, for programs that make clients of it (OpenAPI 3.1).
enum OpenAPIDocument {
    @Sendable static func answer(_ request: Request, _ context: WebContext) -> Response {
        .text(complete + "\n", type: "application/json", headers: [.cacheControl: "no-cache"])
    }

    static let text = #"""
        {
          "openapi": "3.1.0",
          "info": {
            "title": "Landing",
            "version": "1",
            "description": "Accounts and sessions. The session is a cookie. A request with it that changes something must carry Origin or Sec-Fetch-Site of this site."
          },
          "paths": {
            "/api/account/sign-in": {
              "post": {
                "summary": "Begin a session",
                "operationId": "signIn",
                "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignIn"}}}},
                "responses": {
                  "200": {
                    "description": "The session has begun; Set-Cookie holds it.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SignedIn"}}}
                  },
                  "400": {
                    "description": "The body is not the JSON that is asked for.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "401": {
                    "description": "wrong-credentials, code-needed or wrong-code, as type says.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "403": {
                    "description": "locked, or sent from another site.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "429": {
                    "description": "too-many-attempts; Retry-After says how long to wait.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            },
            "/api/account/sign-out": {
              "post": {
                "summary": "End this session",
                "operationId": "signOut",
                "security": [{"session": []}],
                "responses": {
                  "204": {"description": "It has ended."},
                  "401": {
                    "description": "Nobody is signed in.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "403": {
                    "description": "The request comes from another site, or the role is too small.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            },
            "/api/account": {
              "get": {
                "summary": "The own account",
                "operationId": "account",
                "security": [{"session": []}],
                "responses": {
                  "200": {
                    "description": "The account.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/User"}}}
                  },
                  "401": {
                    "description": "Nobody is signed in.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            },
            "/api/account/sessions": {
              "get": {
                "summary": "Every device that is signed in",
                "operationId": "sessions",
                "security": [{"session": []}],
                "responses": {
                  "200": {
                    "description": "The one seen last comes first.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sessions"}}}
                  },
                  "401": {
                    "description": "Nobody is signed in.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              },
              "delete": {
                "summary": "End all sessions",
                "operationId": "endSessions",
                "security": [{"session": []}],
                "parameters": [
                  {
                    "name": "except",
                    "in": "query",
                    "description": "current: the session that asks stays.",
                    "schema": {"type": "string", "enum": ["current"]}
                  }
                ],
                "responses": {
                  "200": {
                    "description": "They have ended.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ended"}}}
                  },
                  "400": {
                    "description": "except has another value.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "401": {
                    "description": "Nobody is signed in.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "403": {
                    "description": "The request comes from another site, or the role is too small.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            },
            "/api/account/sessions/{id}": {
              "delete": {
                "summary": "End one session",
                "operationId": "endSession",
                "security": [{"session": []}],
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
                "responses": {
                  "204": {"description": "It has ended."},
                  "401": {
                    "description": "Nobody is signed in.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "403": {
                    "description": "The request comes from another site, or the role is too small.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "404": {
                    "description": "It is none of one's own, or has ended already.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            },
            "/api/account/activity": {
              "get": {
                "summary": "What happened to the own account",
                "operationId": "activity",
                "security": [{"session": []}],
                "parameters": [
                  {
                    "name": "before",
                    "in": "query",
                    "description": "The value of next in the last answer.",
                    "schema": {"type": "string"}
                  }
                ],
                "responses": {
                  "200": {
                    "description": "The newest first, at most 100.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Activity"}}}
                  },
                  "400": {
                    "description": "before is no such value.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "401": {
                    "description": "Nobody is signed in.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            },
            "/api/auth/verify": {
              "get": {
                "summary": "Whether whoever asks is signed in, for nginx's auth_request",
                "operationId": "verify",
                "security": [{"session": []}],
                "parameters": [
                  {
                    "name": "role",
                    "in": "query",
                    "description": "The least role that is let in; user if not given.",
                    "schema": {"$ref": "#/components/schemas/Role"}
                  }
                ],
                "responses": {
                  "204": {
                    "description": "Let in.",
                    "headers": {
                      "X-Auth-User": {"description": "The account's id.", "schema": {"type": "string", "format": "uuid"}},
                      "X-Auth-Email": {"description": "The account's address, percent-encoded.", "schema": {"type": "string"}},
                      "X-Auth-Roles": {"description": "Every role that the account has, with commas.", "schema": {"type": "string"}}
                    }
                  },
                  "400": {
                    "description": "There is no such role.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  },
                  "401": {"description": "Nobody is signed in."},
                  "403": {"description": "The role is too small."},
                  "503": {
                    "description": "The store of accounts does not answer; Retry-After says when to come again.",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                  }
                }
              }
            }
          },
          "components": {
            "securitySchemes": {
              "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": "__Host-session",
                "description": "Called session where the site has no TLS."
              }
            },
            "schemas": {
              "Role": {"type": "string", "enum": ["user", "author", "admin"]},
              "SignIn": {
                "type": "object",
                "required": ["email", "password"],
                "properties": {
                  "email": {"type": "string", "format": "email"},
                  "password": {"type": "string"},
                  "code": {"type": "string", "description": "Of the authenticator app, or a recovery code."}
                }
              },
              "User": {
                "type": "object",
                "required": ["id", "email", "name", "role", "twoFactor", "createdAt"],
                "properties": {
                  "id": {"type": "string", "format": "uuid"},
                  "email": {"type": "string", "format": "email"},
                  "name": {"type": "string"},
                  "role": {"$ref": "#/components/schemas/Role"},
                  "twoFactor": {"type": "boolean"},
                  "createdAt": {"type": "string", "format": "date-time"}
                }
              },
              "Session": {
                "type": "object",
                "required": ["id", "device", "userAgent", "method", "createdAt", "lastSeenAt", "expiresAt", "current"],
                "properties": {
                  "id": {"type": "string", "format": "uuid"},
                  "device": {"type": "string"},
                  "userAgent": {"type": "string"},
                  "address": {"type": "string"},
                  "method": {"type": "string", "enum": ["password", "passwordAndCode", "passwordAndRecoveryCode", "link"]},
                  "createdAt": {"type": "string", "format": "date-time"},
                  "lastSeenAt": {"type": "string", "format": "date-time"},
                  "expiresAt": {"type": "string", "format": "date-time"},
                  "current": {"type": "boolean"}
                }
              },
              "SignedIn": {
                "type": "object",
                "required": ["user", "session"],
                "properties": {"user": {"$ref": "#/components/schemas/User"}, "session": {"$ref": "#/components/schemas/Session"}}
              },
              "Sessions": {
                "type": "object",
                "required": ["sessions"],
                "properties": {"sessions": {"type": "array", "items": {"$ref": "#/components/schemas/Session"}}}
              },
              "Ended": {"type": "object", "required": ["ended"], "properties": {"ended": {"type": "integer"}}},
              "Activity": {
                "type": "object",
                "required": ["activity"],
                "properties": {
                  "activity": {
                    "type": "array",
                    "items": {
                      "type": "object",
                      "required": ["id", "at", "action", "outcome", "device", "details"],
                      "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "at": {"type": "string", "format": "date-time"},
                        "action": {"type": "string"},
                        "outcome": {"type": "string", "enum": ["done", "refused"]},
                        "address": {"type": "string"},
                        "device": {"type": "string"},
                        "details": {"type": "object", "additionalProperties": {"type": "string"}}
                      }
                    }
                  },
                  "next": {"type": "string"}
                }
              },
              "Problem": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "remedy", "requestID"],
                "properties": {
                  "type": {"type": "string"},
                  "title": {"type": "string"},
                  "status": {"type": "integer"},
                  "detail": {"type": "string"},
                  "remedy": {"type": "string"},
                  "requestID": {"type": "string"}
                }
              }
            }
          }
        }
        """#
}
