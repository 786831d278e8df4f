using System.Text;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sandbox.Tools;

/// <summary>Writes a text file in the session's folder.</summary>
public sealed class WriteFile(Workspaces workspaces, Writer writer) : FileTool("write_file",
    "Writes a text file in this session's folder, /work, whole: what it held before is replaced. Folders on the way are made. run_command finds it there, and people can download it.",
    """
    {"type":"object","properties":{
      "path":{"type":"string","minLength":1,"maxLength":1000,"description":"From /work on, such as src/main.py."},
      "content":{"type":"string","maxLength":2000000,"description":"The whole text."}
    },"required":["path","content"],"additionalProperties":false}
    """)
{
    protected override async Task<string> SayAsync(ToolCall call, CancellationToken cancellation)
    {
        var path = WorkspacePath.Parse(call.Text("path")!);
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(call.Text("content")!));
        var bytes = await workspaces.Of(call.Context.SessionId).WriteAsync(path, content, cancellation);
        await Workspaces.TellAsync(writer, call.Context.SessionId);
        return FormattableString.Invariant($"{path.Text} is written: {bytes:N0} bytes.");
    }
}
