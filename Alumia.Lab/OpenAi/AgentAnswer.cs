using System.Text;
using Alumia.Lab.Sessions;
using Microsoft.Extensions.AI;

namespace Alumia.Lab.OpenAi;

/// <summary>Passes on what one turn of an agent writes. Its tool calls are its own, and stay in the lab.</summary>
internal sealed class AgentAnswer(string turnId, CompletionWriter writer)
{
    private readonly StringBuilder _text = new();
    private readonly (int Streamed, int Closed)[] _step = new (int, int)[2];
    private int _number;
    private bool _isCut;

    /// <summary>All text that was passed on.</summary>
    public string Text => _text.ToString();

    public UsageDetails Usage { get; } = new();

    /// <summary>Why it ended; null while it has not.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>Takes in what has happened; true where something is to be sent.</summary>
    /// <exception cref="OpenAiFault">The turn has ended without an answer, or waits for something.</exception>
    public bool Take(IReadOnlyList<Frame> frames)
    {
        var sends = false;
        foreach (var frame in frames)
        {
            sends |= frame switch
            {
                DeltaFrame delta when delta.TurnId == turnId => Write(delta.Step, delta.IsReasoning, delta.Text),
                EventFrame each when each.Event.TurnId == turnId => Take(each.Event.Data),
                _ => false,
            };
        }
        return sends;
    }

    private bool Take(SessionEventData data)
    {
        switch (data)
        {
            case TextWritten text:
                return Close(text.Step, false, text.Text);
            case ReasoningWritten reasoning:
                return Close(reasoning.Step, true, reasoning.Text);
            case UsageRecorded used:
                Usage.Add(new UsageDetails
                {
                    InputTokenCount = used.InputTokens,
                    OutputTokenCount = used.OutputTokens,
                    CachedInputTokenCount = used.CachedInputTokens,
                    ReasoningTokenCount = used.ReasoningTokens,
                });
                _isCut = used.FinishReason == "cut";
                return false;
            case TurnFinished finished:
                FinishReason = finished.Reason switch { "length" => "length", "content-filter" => "content_filter", _ => "stop" };
                return false;
            case TurnFailed failed:
                throw AgentFaults.Of(failed);
            case StatusChanged { To: var to } moved when to.IsParked() && to != SessionStatus.AwaitingFunds: // That passes by itself.
                throw AgentFaults.Of(moved);
            default:
                return false;
        }
    }

    /// <summary>A closed step's text comes once more, whole; who heard only a part of it streaming lacks the rest.</summary>
    private bool Close(int step, bool isReasoning, string text)
    {
        Begin(step);
        ref var of = ref _step[isReasoning ? 1 : 0];
        of.Closed += text.Length;
        var lacks = Math.Min(of.Closed - of.Streamed, text.Length);
        return lacks > 0 && Write(step, isReasoning, text[^lacks..]);
    }

    private bool Write(int step, bool isReasoning, string text)
    {
        Begin(step);
        var isFirst = !isReasoning && !_isCut && _step[0].Streamed == 0 && _text.Length > 0;
        _step[isReasoning ? 1 : 0].Streamed += text.Length;
        if (isReasoning)
        {
            writer.Reasoning(text);
            return true;
        }
        // What an agent writes before and after its tools are two paragraphs.
        var more = isFirst ? "\n\n" + text : text;
        _isCut = false;
        _text.Append(more);
        writer.Text(more);
        return true;
    }

    private void Begin(int step)
    {
        if (_number == step)
            return;
        _number = step;
        Array.Clear(_step);
    }
}
