using Alumia.Lab.Organizations;

namespace Alumia.Lab.Api;

/// <summary>The settings' tab of keys: who made which, what it may, when it was used, and which calls with the org's keys were refused.</summary>
public sealed partial class ApiKeysPanel(ApiKeys all)
{
    private IReadOnlyList<ApiKeyLine>? _keys;
    private IReadOnlyList<KeyRefusal>? _refusals;
    private ApiKey? _old;
    private ApiKey? _revoked;
    private bool _isOpen;
    private string? _refusal;

    protected override string[] Keys => [ApiKeys.ListKey(Scope.OrgId)];

    private static string ScopesOf(ApiKey key) => key.Scopes == KeyScopes.All ? "do all" : key.Scopes.ToString().ToLowerInvariant();

    private bool MayMake => Scope.Can(OrgRole.Member);

    protected override async Task ReadAsync()
    {
        _keys = await all.ListAsync(Scope, Gone);
        _refusals = await all.RefusalsAsync(Scope, Gone);
    }

    /// <summary>One click, because a key that leaked cannot wait; a slip is taken back.</summary>
    private Task RevokeAsync(ApiKey key) => TryAsync(async () =>
    {
        await all.RevokeAsync(Scope, key.Id, Gone);
        _revoked = key;
    });

    private Task UndoAsync(ApiKey key) => TryAsync(() => all.UndoRevokeAsync(Scope, key.Id, Gone));

    private async Task TryAsync(Func<Task> deed)
    {
        (_refusal, _revoked) = (null, null);
        try
        {
            await deed();
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
