using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Alumia.Lab.Offline.Models;

/// <summary>What is asked of the stand-in, and how.</summary>
internal sealed record Ask(string Provider, string? Key, Conversation Conversation, bool Streams, int? MaxTokens);

/// <summary>Answers a request in whichever protocol: fails where it is told to, else sends what the planner says, token by token.</summary>
internal sealed partial class StandInAnswers(Planner planner, ProviderRequests requests, OfflineDesk desk, TimeProvider clock)
{
    private const int TokensPerFlush = 16;

    public async Task AnswerAsync(HttpContext context, Ask ask, StandInWire wire)
    {
        var gone = context.RequestAborted;
        var request = requests.Begin(ask.Provider, ask.Conversation.Model);
        try
        {
            requests.End(request, await AnswerAsync(context, ask, wire, request, gone));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            requests.End(request, "client-closed");
        }
    }

    private async Task<string> AnswerAsync(HttpContext context, Ask ask, StandInWire wire, LinkedListNode<ProviderRequest> request, CancellationToken gone)
    {
        if (!StandInRequest.IsGood(ask.Key))
        {
            await wire.ErrorAsync(401, StandInRequest.NotGood, null, gone);
            return "refused";
        }
        var failure = FailureOf(ask);
        if (failure?.Kind == "timeout")
            await Task.Delay(TimeSpan.FromMinutes(10), clock, gone);
        if (failure?.Kind == "status")
        {
            await wire.ErrorAsync(failure.Number, $"The offline desk or a directive asked for this {failure.Number}.", failure.RetryAfter, gone);
            return "refused";
        }
        var plan = await SpoilAsync(planner.Next(ask.Conversation), gone);
        var pace = TimeSpan.FromMilliseconds(Math.Max(plan.PaceMs, desk.Number(OfflineSwitches.ProviderSlow)));
        var cutAfter = failure?.Kind == "cut" ? failure.Number : int.MaxValue;
        return ask.Streams
            ? await StreamAsync(ask, wire, plan, pace, cutAfter, request, gone)
            : await WholeAsync(context, ask, wire, plan, pace, cutAfter, gone);
    }

    private async Task<string> StreamAsync(
        Ask ask, StandInWire wire, Plan plan, TimeSpan pace, int cutAfter, LinkedListNode<ProviderRequest> request, CancellationToken gone)
    {
        var sent = 0;
        wire.Begin(InputTokens(ask.Conversation));
        var tokens = Tokens(plan.Reasoning).Select(token => (IsThought: true, Text: token)).Concat(Tokens(plan.Text).Select(token => (IsThought: false, Text: token)));
        foreach (var token in tokens)
        {
            if (sent >= cutAfter)
                return await CutAsync(wire, gone);
            if (sent >= ask.MaxTokens)
                break;
            if (pace > TimeSpan.Zero)
                await Task.Delay(pace, clock, gone);
            if (token.IsThought)
                wire.Reasoning(token.Text);
            else
                wire.Text(token.Text);
            requests.Sent(request, ++sent);
            if (pace > TimeSpan.Zero || sent % TokensPerFlush == 0)
                await wire.FlushAsync(gone);
            gone.ThrowIfCancellationRequested();
        }
        if (cutAfter < int.MaxValue)
            return await CutAsync(wire, gone); // A short answer is cut at its end.
        for (var i = 0; i < plan.Calls.Count; i++)
            wire.Call(i, plan.Calls[i]);
        wire.End(InputTokens(ask.Conversation), sent + CallTokens(plan), Reason(ask, plan, sent));
        await wire.FlushAsync(gone);
        gone.ThrowIfCancellationRequested();
        return "finished";
    }

    private async Task<string> WholeAsync(HttpContext context, Ask ask, StandInWire wire, Plan plan, TimeSpan pace, int cutAfter, CancellationToken gone)
    {
        if (cutAfter < int.MaxValue)
        {
            context.Abort();
            return "cut";
        }
        var kept = Tokens(plan.Text).Take(ask.MaxTokens ?? int.MaxValue).ToList();
        if (pace > TimeSpan.Zero)
            await Task.Delay(pace * kept.Count, clock, gone);
        await wire.WholeAsync(plan with { Text = string.Concat(kept) }, InputTokens(ask.Conversation), kept.Count + CallTokens(plan), Reason(ask, plan, kept.Count), gone);
        return "finished";
    }

    /// <summary>Ends the body without ending the answer. Aborting the connection would also drop what is still on its way, a different amount each time.</summary>
    private static async Task<string> CutAsync(StandInWire wire, CancellationToken gone)
    {
        await wire.FlushAsync(gone);
        return "cut";
    }

    private Failure? FailureOf(Ask ask)
    {
        var failure = Directives.Read(ask.Conversation.Request).Failure;
        if (failure is not null && requests.IsDue(Hash(ask.Conversation), failure.Times))
            return failure;
        return desk.Value(OfflineSwitches.ProviderFails) switch
        {
            "429" => new("status", 429, null) { RetryAfter = 2 },
            "500" => new("status", 500, null),
            "cut" => new("cut", 10, null),
            "timeout" => new("timeout", 0, null),
            _ => null,
        };
    }

    private async Task<Plan> SpoilAsync(Plan plan, CancellationToken cancellation) =>
        plan.Calls.Count > 0 && await desk.TakeOneAsync(OfflineSwitches.MalformedCalls, cancellation)
            ? plan with { Calls = [.. plan.Calls.Select(call => call with { Arguments = Planner.Break(call.Arguments) })] }
            : plan;

    private static string Reason(Ask ask, Plan plan, int sent) => plan.Calls.Count > 0 ? "tool_calls" : sent >= ask.MaxTokens ? "length" : "stop";

    private static string Hash(Conversation conversation) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', conversation.UserTexts))));

    private static int InputTokens(Conversation conversation) =>
        1 + ((conversation.System.Length + conversation.Messages.Sum(said => said.Text.Length + said.Calls.Sum(call => call.Arguments.Length))
            + conversation.Tools.Sum(tool => tool.Name.Length + tool.Description.Length)) / 4);

    private static int CallTokens(Plan plan) => plan.Calls.Sum(call => 1 + ((call.Name.Length + call.Arguments.Length) / 4));

    private static IEnumerable<string> Tokens(string text) => Token().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"\s*\S+\s*$|\s*\S+|\s+")]
    private static partial Regex Token();
}
