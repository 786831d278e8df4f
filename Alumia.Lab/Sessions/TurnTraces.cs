using System.Diagnostics;
using Alumia.Lab.Ledger;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sessions;

/// <summary>
/// A turn's spans: the turn, its steps, its tool calls, and what the ledger does for a step; the model's own come from Microsoft.Extensions.AI.
/// Names after OpenTelemetry's conventions for generative AI: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-agent-spans/.
/// </summary>
internal static class TurnTraces
{
    public static Activity? Turn(TurnIdentity who) => Traces.Source.StartActivity("invoke_agent")?
        .SetTag("gen_ai.operation.name", "invoke_agent")
        .SetTag("gen_ai.agent.id", who.AgentId)
        .SetTag("gen_ai.conversation.id", who.SessionId)
        .SetTag("alumia.org.id", who.OrgId)
        .SetTag("alumia.project.id", who.ProjectId)
        .SetTag("alumia.turn.id", who.TurnId);

    public static Activity? Step(TurnIdentity who, int number) => Traces.Source.StartActivity($"step {number}")?
        .SetTag("gen_ai.conversation.id", who.SessionId)
        .SetTag("alumia.step.number", number);

    public static Activity? Tool(ITool tool, ToolCall call) => Traces.Source.StartActivity($"execute_tool {tool.Name}")?
        .SetTag("gen_ai.operation.name", "execute_tool")
        .SetTag("gen_ai.tool.name", tool.Name)
        .SetTag("gen_ai.tool.call.id", call.Id)
        .SetTag("gen_ai.conversation.id", call.Context.SessionId);

    /// <summary>How a call ended; that it waits is no end.</summary>
    public static void Ended(this Activity? span, CallEnd end)
    {
        if (span is null)
            return;
        span.SetTag("alumia.tool.ending", end.Output is ToolOutput.Park ? "parked" : end.Ending.ToString());
        if (end.Ending != ToolEnding.Ok || end.Output is ToolOutput.Error)
            span.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>What the ledger does for a step, inside the writer's transaction and so on another thread than the step's.</summary>
    /// <param name="deed"><c>hold</c> or <c>charge</c>: the transfer's key is the step's with it.</param>
    /// <param name="step">The step's span; without one nothing is told.</param>
    /// <param name="order">For whom.</param>
    public static Activity? Ledger(string deed, ActivityContext step, StepOrder order) => step == default ? null : Traces.Source.StartActivity($"ledger {deed}", ActivityKind.Internal, step)?
        .SetTag("alumia.ledger.transfer", $"{order.StepId}/{deed}")
        .SetTag("gen_ai.conversation.id", order.SessionId);
}
