using System.Collections.Frozen;

namespace Alumia.Lab.Organizations;

/// <summary>
/// First segments of addresses that are, or may become, the lab's own: no org may be called so. A test compares the list with the route table.
/// </summary>
public static class ReservedSlugs
{
    private static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
    [
        // Accounts and organizations.
        "account", "accounts", "admin", "demo-login", "forgot-password", "invite", "invitations", "login", "logout", "me", "new-organization",
        "org", "orgs", "organizations", "register", "reset-password", "settings", "sign-in", "sign-out", "sign-up", "signin", "signup", "user", "users",
        // The demo's own.
        "demo",
        // Programs.
        "api", "connections", "healthz", "livez", "mcp", "metrics", "oauth", "openapi", "readyz", "scalar", "share", "v1", "v2", "webhook", "webhooks", "well-known",
        // Pages.
        "about", "agents", "alumia", "billing", "blog", "connectors", "contact", "docs", "error", "help", "home", "lab", "legal", "not-found",
        "offline", "pricing", "privacy", "projects", "security", "status", "support", "terms", "troubleshooting", "www",
        // Rooms whose components bring a script of their own.
        "blocks", "browser", "canvas", "chat", "layout", "models", "sessions", "sharing", "tools",
        // Files.
        "assets", "css", "favicon", "files", "fonts", "images", "img", "js", "lib", "static",
    ], StringComparer.Ordinal);

    public static bool Contain(string slug) => All.Contains(slug) || slug.StartsWith('_');
}
