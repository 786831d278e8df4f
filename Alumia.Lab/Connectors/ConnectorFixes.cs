using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Connectors;

/// <summary>Reconnects a connection. In the lab the card posts straight to the consent; elsewhere this leads to the connectors page.</summary>
internal sealed class ReconnectFix : IFixHandler
{
    public const string Reconnect = "reconnect";

    public string Kind => Reconnect;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        Task.FromResult(new FixOutcome(GoTo: $"/{scope.OrgSlug}/connectors?connector={Uri.EscapeDataString(fix["connector"])}"));
}

/// <summary>Connects to a service for the first time, by the same road.</summary>
internal sealed class ConnectFix : IFixHandler
{
    public const string Connect = "connect";

    public string Kind => Connect;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        Task.FromResult(new FixOutcome(GoTo: $"/{scope.OrgSlug}/connectors?connector={Uri.EscapeDataString(fix["connector"])}"));
}
