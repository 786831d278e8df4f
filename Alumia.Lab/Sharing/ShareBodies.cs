using Alumia.Lab.Blocks;
using Alumia.Lab.Canvas;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Sharing;

/// <summary>A shared canvas as clients see it: what its page shows.</summary>
internal sealed record SharedCanvasBody(
    SharedProjectBody Project, IReadOnlyList<string> Parts, IReadOnlyList<SharedSessionBody> Sessions, IReadOnlyList<SharedBlockData> Blocks, IReadOnlyList<SharedEdgeBody> Edges);

internal sealed record SharedProjectBody(string Name, string Emoji);

/// <summary>Where a node stands, in pixels at zoom 1.</summary>
internal sealed record SharedPlaceBody(double X, double Y, double Width, double Height, bool IsCollapsed)
{
    public static SharedPlaceBody Of(CanvasNode node) => new(node.Box.X, node.Box.Y, node.Box.Width, node.Box.Height, node.IsCollapsed);
}

/// <summary>A session with its newest turns; <c>Before</c> asks for those before them, and is null where there are none.</summary>
internal sealed record SharedSessionBody(string Id, string Agent, string Label, string Status, SharedPlaceBody Place, IReadOnlyList<SharedTurnBody> Turns, long? Before)
{
    public static SharedSessionBody Of(AgentNode node, Transcript transcript, ShareReader reader) => new(
        node.Id, node.Name, node.Title, ShareWords.Say(transcript.Status?.To ?? node.Session.Status), SharedPlaceBody.Of(node),
        [.. transcript.Turns.Select(turn => SharedTurnBody.Of(turn, reader))], transcript.HasEarlier ? transcript.FirstSequence : null);
}

/// <summary>A message and its answer. Its state is <c>open</c>, <c>finished</c>, <c>cancelled</c> or <c>failed</c>.</summary>
internal sealed record SharedTurnBody(string Id, string Author, string Text, string Agent, string State, long StartedAtMs, long? EndedAtMs, IReadOnlyList<SharedPartBody> Answer)
{
    public static SharedTurnBody Of(TurnView turn, ShareReader reader) => new(
        turn.Id, ShareWords.Author(turn), turn.Text, turn.AgentId, turn.Failure?.Code ?? (turn.IsOpen ? "open" : "finished"), turn.StartedAtMs, turn.EndedAtMs,
        [.. turn.Steps.SelectMany(step => step.Parts).Select(part => SharedPartBody.Of(part, reader)).OfType<SharedPartBody>()]);
}

/// <summary>A stretch of an answer: text, or a tool call, whose details are null where they are not shared.</summary>
internal sealed record SharedPartBody(string Kind, string? Text = null, string? Tool = null, string? State = null, string? Arguments = null, string? Output = null, string? Result = null, long? DurationMs = null, string? BlockId = null)
{
    public static SharedPartBody? Of(PartView part, ShareReader reader) => part switch
    {
        ProsePart { IsReasoning: false, Length: > 0 } prose when !string.IsNullOrWhiteSpace(prose.Text) => new("text", prose.Text),
        ToolPart call when reader.IsOpen(call.Tool) => new("tool", null, call.Tool, Chat.Words.Say(call.State), call.Arguments, call.Output, call.Result, call.DurationMs, call.BlockId),
        ToolPart call => new("tool", null, call.Tool, Chat.Words.Say(call.State), DurationMs: call.DurationMs, BlockId: call.BlockId),
        _ => null,
    };
}

/// <summary>A block. The content of a picture is not here: its address is.</summary>
internal sealed record SharedBlockData(string Id, string? SessionId, string Kind, string Title, int Version, string? Content, string? PictureUrl, SharedPlaceBody Place)
{
    public static SharedBlockData Of(BlockNode node, SharedBlock block, string token) => block.Kind is BlockKind.Image or BlockKind.Page
        ? new(block.Id, node.JoinedTo, block.Kind.Word(), block.Title, block.Version, null, SharedPictures.Address(token, block.Id, block.Version), SharedPlaceBody.Of(node))
        : new(block.Id, node.JoinedTo, block.Kind.Word(), block.Title, block.Version, block.Content, null, SharedPlaceBody.Of(node));
}

/// <summary>Messages from one session to another, and <c>waits</c> or <c>deadlock</c> where the one waits for the other.</summary>
internal sealed record SharedEdgeBody(string From, string To, int Sent, string? State);

/// <summary>Where pictures of shared canvases are served.</summary>
internal static class SharedPictures
{
    public static string Address(string token, string blockId, int version) => $"{ShareToken.Path(token)}/blocks/{blockId}/image?v={version}";
}
