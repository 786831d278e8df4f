using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Api;

/// <summary>Leads to the list of keys, where it is seen which one is revoked or expired, and a new one is made.</summary>
internal sealed class OpenKeysFix : IFixHandler
{
    public const string OpenKeys = "open_api_keys";

    public string Kind => OpenKeys;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        Task.FromResult(new FixOutcome(GoTo: $"/{scope.OrgSlug}/settings?tab=api-keys"));
}
