using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Models;
using Alumia.Lab.Tools;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.Sessions;

/// <summary>One call to the model: streams it, saves what is open twice a second, and gives the events that close it.</summary>
internal sealed class ModelStep(SessionRuntime runtime, EventLog log, Agent agent, ModelRoute route, IReadOnlyList<ITool> tools, TurnProgress progress, int step, StepMeter meter)
{
    private readonly OpenStep _open = new();
    private readonly long _startedAtMs = runtime.Clock.NowMs();
    private UsageDetails? _usage;
    private string _finish = "stop";
    private long? _firstTokenMs;

    /// <summary>Nothing has come from the model yet, so trying again loses and doubles nothing.</summary>
    public bool IsUntouched => _open.IsEmpty;

    /// <summary>Why the stream was closed before its end: no more money could be held, or a spend limit is reached.</summary>
    public Shortage? Shortage { get; private set; }

    /// <summary>Streams to the end, or as far as money is there. Throws what the client throws; <see cref="Close"/> works after that too.</summary>
    /// <param name="messages">What the model is sent.</param>
    /// <param name="begun">The storing of the step's beginning. The model is asked meanwhile, but nothing is told before it.</param>
    /// <param name="cancellation">Ends the request.</param>
    public async Task StreamAsync(List<ChatMessage> messages, Task begun, CancellationToken cancellation)
    {
        using var client = runtime.Clients.Create(route);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(runtime.Options.SaveEveryMs), TimeProvider.System);
        var saver = SaveAsync(timer);
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, Options(), cancellation))
            {
                await begun;
                if (!Take(update))
                    continue;
                Shortage = await meter.GrowAsync(runtime.Writer);
                if (Shortage is null)
                    continue;
                break; // Closes the provider's stream: what comes after this nobody could pay.
            }
        }
        finally
        {
            timer.Dispose(); // Ends the saver, without an exception for every step.
            await saver;
            await begun;
        }
    }

    /// <summary>The events of the step's end, in the order streamed; a call that cannot be run is rejected in the same breath.</summary>
    public List<SessionEventData> Close(List<ChatMessage> messages, bool broken)
    {
        var events = new List<SessionEventData>();
        foreach (var part in _open.Parts())
            events.Add(part.ToEvent(step));
        if (!broken)
        {
            var malformed = progress.Malformed;
            foreach (var call in _open.Calls)
                events.AddRange(Request(call, ref malformed));
        }
        var calls = events.Exists(each => each is ToolRequested);
        var output = _usage?.OutputTokenCount ?? runtime.Tokens.Count(string.Concat(_open.Parts().Select(part => part.Text).Concat(_open.Calls.Select(call => call.RawArguments))));
        var input = _usage?.InputTokenCount ?? messages.Sum(message => (long)runtime.Tokens.Count(message.Text));
        events.Add(new UsageRecorded(step, route.Model.Id, route.KeySource.ToString(), input, _usage?.CachedInputTokenCount ?? 0, output, _usage?.ReasoningTokenCount ?? 0,
            _usage is null, _firstTokenMs, runtime.Clock.NowMs() - _startedAtMs, broken ? "cut" : calls ? "tool-calls" : _finish));
        return events;
    }

    private ChatOptions Options() => new()
    {
        ModelId = route.Model.ProviderModelId,
        Reasoning = agent.ReasoningEffort is { } effort ? new ReasoningOptions { Effort = Enum.Parse<ReasoningEffort>(effort, ignoreCase: true) } : null,
        Tools = [.. tools.Select(tool => AIFunctionFactory.CreateDeclaration(tool.Name, tool.Description, tool.Schema))],
    };

    /// <summary>True where more money should be held before more comes.</summary>
    private bool Take(ChatResponseUpdate update)
    {
        var isShort = false;
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    isShort |= Stream(false, text.Text);
                    break;
                case TextReasoningContent { Text.Length: > 0 } reasoning:
                    isShort |= Stream(true, reasoning.Text);
                    break;
                case FunctionCallContent call:
                    _firstTokenMs ??= runtime.Clock.NowMs() - _startedAtMs;
                    _open.Calls.Add(new RequestedCall(Unique(call.CallId), call.Name, ToolCalls.RawText(call), call.AdditionalProperties?.GetValueOrDefault(ToolCalls.ExtraContent) as string));
                    break;
                case UsageContent usage:
                    (_usage ??= new UsageDetails()).Add(usage.Details);
                    break;
            }
        }
        if (update.FinishReason is { } finish)
            _finish = finish == ChatFinishReason.Length ? "length" : finish == ChatFinishReason.ContentFilter ? "content-filter" : finish == ChatFinishReason.Stop || finish == ChatFinishReason.ToolCalls ? "stop" : "other";
        return isShort && update.FinishReason is null;
    }

    private bool Stream(bool isReasoning, string text)
    {
        _firstTokenMs ??= runtime.Clock.NowMs() - _startedAtMs;
        _open.Write(isReasoning, text);
        log.Stream(step, isReasoning, text);
        return meter.Streamed(text);
    }

    /// <summary>Some providers repeat ids or send none; within a turn each call needs its own.</summary>
    private string Unique(string? callId) =>
        string.IsNullOrEmpty(callId) || _open.Calls.Exists(call => call.CallId == callId) || progress.CallIds.Contains(callId)
            ? Id.New("call", runtime.Clock)
            : callId;

    private IEnumerable<SessionEventData> Request(RequestedCall call, ref int malformed)
    {
        var tool = tools.FirstOrDefault(tool => tool.Name == call.Tool);
        var arguments = default(JsonElement);
        var mismatch = tool is null
            ? new SchemaMismatch("", "one of the tools offered", agent.Chosen(call.Tool) == ToolRight.Off ? ToolEnds.SwitchedOff(call.Tool) : $"There is no tool named {call.Tool} that this agent may use.")
            : runtime.Schemas.Check(tool, call.RawArguments, out arguments);
        var wellFormed = arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText() : "{}";
        var requested = new ToolRequested(step, call.CallId, call.Tool, wellFormed, call.Extra);
        if (mismatch is null)
        {
            malformed = 0;
            return [requested];
        }
        malformed++;
        return [requested, new ToolRejected(call.CallId, call.Tool, call.RawArguments, mismatch.Path, mismatch.Expected, mismatch.Message, malformed)];
    }

    private async Task SaveAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            if (_open.Unsaved() is not { } unsaved)
                continue;
            try
            {
                await runtime.Writer.Write(tx => SessionRows.SaveOpenStep(tx, log.SessionId, log.Epoch, log.TurnId, step, route.Model.Id, route.KeySource.ToString(), unsaved.Parts, _startedAtMs), CancellationToken.None);
                _open.Saved(unsaved.Length);
            }
            catch (Exception exception) when (exception is not SupersededException)
            {
                // The answer goes on; the next save has all of this one.
                runtime.Log.LogWarning(exception, "The open step could not be saved");
            }
        }
    }
}
