using Alumia.Lab.Agents;
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
