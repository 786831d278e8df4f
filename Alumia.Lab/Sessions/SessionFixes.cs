using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sessions;

/// <summary>The fixes that sessions know how to do.</summary>
internal static class SessionFixes
{
    public const string Resume = "resume_turn";
    public const string WakeNow = "wake_now";
    public const string Cancel = "cancel_session";
    public const string AgentSettings = "agent_settings";
    public const string AddFunds = "add_funds";
    public const string AddKey = "add_provider_key";
    public const string FreeModel = "free_model";
}

/// <summary>Goes on with an interrupted or failed turn.</summary>
internal sealed class ResumeFix(Conversations conversations) : IFixHandler
{
    public string Kind => SessionFixes.Resume;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        await conversations.ResumeAsync(scope, fix["session"], cancellation);
        return new FixOutcome("Going on.");
    }
}

/// <summary>Wakes a parked turn without waiting for its time.</summary>
internal sealed class WakeNowFix(Conversations conversations) : IFixHandler
{
    public string Kind => SessionFixes.WakeNow;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        await conversations.ResumeAsync(scope, fix["session"], cancellation);
        return new FixOutcome("Trying now.");
    }
}

/// <summary>Cancels the turn.</summary>
internal sealed class CancelFix(Conversations conversations) : IFixHandler
{
    public string Kind => SessionFixes.Cancel;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new(await conversations.CancelAsync(scope, fix["session"], cancellation) ? "Cancelled." : "Nothing was running any more.");
}

/// <summary>Leads to the settings of the agent, where its model is chosen.</summary>
internal sealed class AgentSettingsFix(AgentDirectory agents) : IFixHandler
{
    public string Kind => SessionFixes.AgentSettings;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new(GoTo: $"/{scope.OrgSlug}/agents/{(await agents.FindAsync(scope, fix["agent"], cancellation)).Slug}");
}

/// <summary>Leads to the billing page, and from there back to the session.</summary>
internal sealed class AddFundsFix : IFixHandler
{
    public string Kind => SessionFixes.AddFunds;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        Task.FromResult(new FixOutcome(GoTo: $"/{scope.OrgSlug}/billing?from={fix["project"]}&session={fix["session"]}"));
}

/// <summary>Leads to the org's own provider keys.</summary>
internal sealed class AddKeyFix : IFixHandler
{
    public string Kind => SessionFixes.AddKey;

    public Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        Task.FromResult(new FixOutcome(GoTo: $"{OpenProviderKeysFix.AddressOf(scope)}&provider={fix["provider"]}&from={fix["project"]}&session={fix["session"]}"));
}

/// <summary>Answers the waiting message, and those that follow in this session, by a free model.</summary>
internal sealed class FreeModelFix(Conversations conversations, ModelCatalogue catalogue, ModelRouter router) : IFixHandler
{
    public string Kind => SessionFixes.FreeModel;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        var session = await conversations.FindAsync(scope, fix["session"], cancellation);
        var model = catalogue.Models.FirstOrDefault(model => model.IsFree && router.CanReach(catalogue.ProviderOf(model)))
            ?? throw new Refusal(RefusalKind.Unavailable, "No free model can be reached from here. Configure one, or add funds.");
        await conversations.ChooseAsync(scope, session.Id, session.AgentId, model.Id, cancellation);
        return new FixOutcome($"Going on with {model.Name}.");
    }
}
