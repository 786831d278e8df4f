using Alumia.Lab.Blocks;
using Alumia.Lab.Sessions;

namespace Alumia.Lab.Canvas;

/// <summary>Whether a file that comes from outside holds together: each room checks what is its own, and this the rest.</summary>
internal static class CanvasFileCheck
{
    /// <exception cref="Refusal">Invalid; the message says where.</exception>
    public static void Check(CanvasFile file)
    {
        Need("format", file.Format == CanvasFile.FormatName, $"This is no canvas file: its format is not \"{CanvasFile.FormatName}\".");
        Need("version", file.Version == CanvasFile.CurrentVersion, $"This file is of version {file.Version}; this lab reads version {CanvasFile.CurrentVersion}.");
        Need("sessions", file.Sessions.Count + file.Blocks.Count <= CanvasFile.MostNodes, $"A canvas file holds up to {CanvasFile.MostNodes:N0} sessions and blocks; this one has {file.Sessions.Count + file.Blocks.Count:N0}.");
        Need("project.tags", !file.Project.Tags.Contains(null!), "A tag is a text.");
        Each("agents", file.Agents, _ => { });
        var nodes = new HashSet<string>();
        Each("sessions", file.Sessions, session => Need("id", IsId(session.Id) && nodes.Add(session.Id), "Each session and block has an id of its own."));
        var sessions = nodes.ToHashSet();
        Each("blocks", file.Blocks, block => Need("id", IsId(block.Id) && nodes.Add(block.Id), "Each session and block has an id of its own."));
        var blocks = nodes.Except(sessions).ToHashSet();
        Each("sessions", file.Sessions, session =>
        {
            SessionCopyCheck.Check(session);
            for (var i = 0; i < session.Events.Count; i++)
                Need($"events[{i}].data.blockId", session.Events[i].Data is not ToolFinished { BlockId: { } made } || blocks.Contains(made), "The file has no such block.");
        });
        Each("blocks", file.Blocks, block =>
        {
            Need("session", block.Session is null || sessions.Contains(block.Session), "The file has no such session.");
            BlockCopies.Check(block);
        });
        Each("placements", file.Placements, placement =>
        {
            Need("node", nodes.Remove(placement.Node), "A placement is of a session or a block of this file, and each has one.");
            Need("x", CanvasBoard.IsPlace(placement.X, placement.Y), "A node cannot stand so far out.");
            Need("width", double.IsFinite(placement.Width) && double.IsFinite(placement.Height), "A node's size is a number of pixels.");
        });
    }

    private static void Each<T>(string list, IReadOnlyList<T> items, Action<T> check)
    {
        for (var i = 0; i < items.Count; i++)
        {
            Need($"{list}[{i}]", items[i] is not null, "Something is missing here.");
            try
            {
                check(items[i]);
            }
            catch (Refusal refusal)
            {
                var where = $"{list}[{i}].{refusal.Fields.Keys.FirstOrDefault()}";
                throw Refusal.Invalid(where, $"{refusal.Message} (In the file: {where})");
            }
        }
    }

    private static bool IsId(string id) => id.Length is > 0 and <= 64;

    private static void Need(string where, bool isSo, string otherwise)
    {
        if (!isSo)
            throw Refusal.Invalid(where, otherwise);
    }
}
