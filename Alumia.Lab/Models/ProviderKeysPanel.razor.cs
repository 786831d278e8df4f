using Microsoft.AspNetCore.Components;

namespace Alumia.Lab.Models;

/// <summary>The org's own provider keys: which there are, who added them, when they were used and what their providers say. Stands on the billing page.</summary>
public sealed partial class ProviderKeysPanel(ProviderKeys all)
{
    private IReadOnlyList<ProviderKeyLine>? _keys;
    private string? _provider;
    private bool _isOpen;
    private string? _asked;
    private string? _refusal;
    private string? _said;
    private bool _isGood;
    private bool _wasOffered;

    /// <summary>The provider (its slug) whose key somebody came to add: the dialog opens for it. Null for none.</summary>
    [Parameter] public string? Provider { get; set; }

    protected override string[] Keys => [OwnKeys.ListKey(Scope.OrgId)];

    private bool MayChange => ProviderKeys.MayChange(Scope);

    protected override async Task ReadAsync()
    {
        _keys = await all.ListAsync(Scope, Gone);
        if (!_wasOffered && MayChange && all.Providers.Any(provider => provider.Slug == Provider))
            OpenFor(Provider);
        _wasOffered = true;
    }

    private void OpenFor(string? provider) => (_isOpen, _provider, _said, _refusal, _asked) = (true, provider, null, null, null);

    private bool Has(string provider) => _keys?.Any(line => line.Provider == provider) is true;

    private void Tell(ProviderKeyLine line)
    {
        _isGood = line.Outcome == KeyOutcome.Good;
        _said = _isGood
            ? $"{line.ProviderName} takes the key {line.Prefix}. It is used from the next step of every agent on."
            : $"The key {line.Prefix} is kept, but could not be checked. {line.Said}";
    }

    private async Task RemoveAsync(ProviderKeyLine line)
    {
        (_refusal, _said, _asked) = (null, null, null);
        try
        {
            await all.RemoveAsync(Scope, line.Id, Gone);
        }
        catch (Refusal refusal)
        {
            _refusal = refusal.Message;
        }
    }
}
