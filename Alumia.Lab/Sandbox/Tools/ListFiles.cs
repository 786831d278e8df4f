using System.Globalization;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sandbox.Tools;

/// <summary>Tells what the session's folder holds.</summary>
public sealed class ListFiles(Workspaces workspaces) : FileTool("list_files",
    "Lists the files of this session's folder, /work, or of a folder in it, with all that is in its own folders: size in bytes and path.",
    """
    {"type":"object","properties":{"folder":{"type":"string","maxLength":1000,"description":"From /work on; left out for all of it."}},"additionalProperties":false}
    """)
{
    private const int Most = 500;

    protected override Task<string> SayAsync(ToolCall call, CancellationToken cancellation)
    {
        var path = WorkspacePath.Parse(call.Text("folder") ?? "");
        var entries = workspaces.Of(call.Context.SessionId).List(path, Most + 1);
        var lines = entries.Take(Most).Select(Line);
        return Task.FromResult(entries.Count switch
        {
            0 => path.IsRoot ? "The folder /work is empty." : $"The folder {path.Text} is empty.",
            > Most => string.Join('\n', lines.Append($"And more than these {Most}: name a folder.")),
            _ => string.Join('\n', lines),
        });
    }

    private static string Line(WorkspaceEntry entry) => entry switch
    {
        { IsFolder: true } => $"{"folder",12}  {entry.Path}/",
        { IsLink: true } => $"{"link",12}  {entry.Path}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{entry.Size,12:N0}  {entry.Path}"),
    };
}
