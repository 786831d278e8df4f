using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Models;

/// <summary>Leads to the org's provider keys, where one is added or replaced.</summary>
internal sealed class OpenProviderKeysFix : IFixHandler
{
    public const string Open = "open_provider_keys";

    public string Kind => Open;

    /// <summary>Where the org's keys are.</summary>
    public static string AddressOf(OrgScope scope) => $"/{scope.OrgSlug}/billing?tab=provider-keys";

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) => Task.FromResult(new FixOutcome(GoTo: AddressOf(scope)));
}

/// <summary>Removes the key that the trouble is about (its argument <c>key</c>). The turn stays where it is: going on costs the balance, which is a decision of its own.</summary>
internal sealed class RemoveProviderKeyFix(ProviderKeys keys) : IFixHandler
{
    public const string Remove = "remove_provider_key";

    public string Kind => Remove;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        try
        {
            await keys.RemoveAsync(scope, fix["key"], cancellation);
            return new FixOutcome("Removed. Try now goes on without it, paid from the balance.");
        }
        catch (Refusal refusal) when (refusal.Kind == RefusalKind.NotFound)
        {
            return new FixOutcome("It was removed or replaced already.");
        }
    }
}

/// <summary>Leads to the page that says what BYOK is.</summary>
internal sealed class ByokHelpFix : IFixHandler
{
    public const string Help = "help_byok";

    public string Kind => Help;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) => Task.FromResult(new FixOutcome(GoTo: "/help/byok"));
}
