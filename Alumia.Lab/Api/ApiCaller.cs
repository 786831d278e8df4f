using Alumia.Lab.Organizations;

namespace Alumia.Lab.Api;

/// <summary>Who calls, in which org, and by which key; no key where a signed-in browser calls with its cookie.</summary>
public sealed record ApiCaller(OrgScope Scope, ApiKey? Key)
{
    /// <summary>As <see cref="ApiAccess"/> found it; handlers take it as a parameter.</summary>
    public static ValueTask<ApiCaller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ApiCaller>());

    public bool Has(KeyScopes scope) => Key is null || Key.Scopes.HasFlag(scope);
}

/// <summary>What a key must have to call an endpoint.</summary>
internal sealed record NeedsScope(KeyScopes Scope);

/// <summary>Only a signed-in browser may call this: members, keys, share links, billing settings.</summary>
internal sealed record BrowserOnly;

/// <summary>Needs no caller: shared canvases, and the way back from a provider's consent.</summary>
internal sealed record Anonymous;
