using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Alumia.Lab.Troubles;

namespace Alumia.Lab.Sessions;

/// <summary>The fixes for a tool that is slow or broken.</summary>
internal static class ToolFixes
{
    public const string CancelCall = "cancel_call";
    public const string CancelAndEdit = "cancel_and_edit";
    public const string Disable = "disable_tool";
    public const string Try = "try_tool";
    public const string SwitchOn = "switch_tool_on";
}

/// <summary>Ends one call; its turn goes on.</summary>
internal sealed class CancelCallFix(Conversations conversations) : IFixHandler
{
    public string Kind => ToolFixes.CancelCall;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation) =>
        new(await conversations.CancelCallAsync(scope, fix["session"], fix["call"], cancellation) ? "The call is cancelled, and the agent goes on." : "The call had ended already.");
}

/// <summary>Ends the turn, and leads to its message in the composer, to be written tighter.</summary>
internal sealed class CancelAndEditFix(Conversations conversations) : IFixHandler
{
    public string Kind => ToolFixes.CancelAndEdit;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        var session = await conversations.FindAsync(scope, fix["session"], cancellation);
        await conversations.CancelAsync(scope, session.Id, cancellation);
        return new FixOutcome(GoTo: $"/{scope.OrgSlug}/lab/{session.ProjectId}?session={session.Id}&edit=last");
    }
}

/// <summary>Switches the tool off on its agent, and ends the call that runs.</summary>
internal sealed class DisableToolFix(Conversations conversations, AgentDirectory agents, Writer writer) : IFixHandler
{
    public string Kind => ToolFixes.Disable;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        await conversations.FindAsync(scope, fix["session"], cancellation); // Whoever does not see the session does not see its trouble.
        var agent = await agents.FindAsync(scope, fix["agent"], cancellation);
        var tool = fix["tool"];
        await agents.SetToolAsync(scope, agent.Id, tool, ToolRight.Off, cancellation);
        if (trouble.Kind == RepeatedFailure.TroubleKind)
        {
            var before = agent.Chosen(tool) is { } right and not ToolRight.Off ? right.Word() : "";
            await writer.Write(tx => TroubleLog.Raise(tx, scope.OrgId, trouble.Kind, trouble.About, trouble.Title, $"It is off for {agent.Name} until somebody switches it on again.",
                trouble.Evidence, RepeatedFailure.WhenDisabled(fix, before), trouble.ProjectId, trouble.SessionId), cancellation);
        }
        else
        {
            await conversations.CancelCallAsync(scope, fix["session"], fix["call"], cancellation);
        }
        return new FixOutcome($"{tool} is off for {agent.Name}.");
    }
}

/// <summary>Calls the tool once more with the arguments that failed, outside the turn, by the person.</summary>
internal sealed class TryToolFix(Conversations conversations, ToolRegistry tools, TimeProvider clock, ILogger<TryToolFix> log) : IFixHandler
{
    private const int MostSaid = 500;

    public string Kind => ToolFixes.Try;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        scope.Require(OrgRole.Member);
        var session = await conversations.FindAsync(scope, fix["session"], cancellation);
        var tool = (await tools.AllAsync(scope.OrgId, cancellation)).FirstOrDefault(tool => tool.Name == fix["tool"]) ?? throw Refusal.Conflict($"There is no tool {fix["tool"]} any more.");
        if (fix.Arguments?.GetValueOrDefault("arguments") is not { } json)
            throw Refusal.Conflict("The arguments of that call are too long to be kept; ask the agent to call it again.");
        using var arguments = JsonDocument.Parse(json);
        var call = new ToolCall(Lab.Id.New("call", clock), arguments.RootElement, new ToolContext(scope.OrgId, session.ProjectId, session.Id, fix["agent"], session.TurnId ?? "", scope.UserId) { IsByProgram = true }); // Outside the turn nothing can wait.
        using var limit = new CancellationTokenSource(tool.TimeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        return new FixOutcome(await RunAsync(tool, call, either.Token, cancellation));
    }

    private async Task<string> RunAsync(ITool tool, ToolCall call, CancellationToken either, CancellationToken person)
    {
        try
        {
            await foreach (var output in tool.RunAsync(call, either))
            {
                if (output is ToolOutput.Result result)
                    return $"It worked: {Cut(result.Text)}";
                if (output is ToolOutput.Error error)
                    return $"It failed again: {Cut(error.Message)}";
            }
            return "It failed again: the tool ended without a result.";
        }
        catch (Refusal refusal)
        {
            return $"It failed again: {refusal.Message}";
        }
        catch (OperationCanceledException) when (!person.IsCancellationRequested)
        {
            return $"It failed again: it did not end within {tool.TimeLimit.TotalSeconds:0} s.";
        }
#pragma warning disable CA1031 // A tool that is tried because it is broken may throw anything.
        catch (Exception exception) when (!person.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.LogError(exception, "The tool {Tool} threw when it was tried", tool.Name);
            return "It failed again: the tool failed inside; the lab's log has the cause.";
        }
    }

    private static string Cut(string text) => text.Length > MostSaid ? text[..MostSaid] + "…" : text;
}

/// <summary>Gives the agent the tool back, with the right that it had; that heals the trouble.</summary>
internal sealed class SwitchToolOnFix(Conversations conversations, AgentDirectory agents) : IFixHandler
{
    public string Kind => ToolFixes.SwitchOn;

    public async Task<FixOutcome> ApplyAsync(OrgScope scope, Trouble trouble, Fix fix, CancellationToken cancellation)
    {
        await conversations.FindAsync(scope, fix["session"], cancellation);
        var agent = await agents.FindAsync(scope, fix["agent"], cancellation);
        await agents.SetToolAsync(scope, agent.Id, fix["tool"], ToolRights.Parse(fix["right"]), cancellation);
        return new FixOutcome($"{fix["tool"]} is on again for {agent.Name}.");
    }
}
