using System.Text;
using Alumia.Lab.Tools;

namespace Alumia.Lab.Sandbox.Tools;

/// <summary>Gives a text file of the session's folder to the model, or a stretch of it.</summary>
public sealed class ReadFile(Workspaces workspaces) : FileTool("read_file",
    "Reads a text file of this session's folder, /work, where people's uploads are too. Of a long file it gives a stretch, and says where to go on.",
    """
    {"type":"object","properties":{
      "path":{"type":"string","minLength":1,"maxLength":1000,"description":"From /work on."},
      "from_byte":{"type":"integer","minimum":0,"description":"Where to begin; 0 where left out."}
    },"required":["path"],"additionalProperties":false}
    """)
{
    private const int Stretch = 60_000;

    protected override async Task<string> SayAsync(ToolCall call, CancellationToken cancellation)
    {
        var path = WorkspacePath.Parse(call.Text("path")!);
        await using var file = workspaces.Of(call.Context.SessionId).Read(path, out var entry);
        var from = Math.Min((long)(call.Number("from_byte") ?? 0), entry.Size);
        file.Position = from;
        var bytes = new byte[Stretch];
        var read = await file.ReadAtLeastAsync(bytes, Stretch, throwOnEndOfStream: false, cancellation);
        if (bytes.AsSpan(0, read).Contains((byte)0))
            return FormattableString.Invariant($"{path.Text} is no text: {entry.Size:N0} bytes. Look into it with run_command.");
        if (from == 0 && read == entry.Size)
            return read == 0 ? $"{path.Text} is empty." : Untrusted.Wrap(path.Text, Encoding.UTF8.GetString(bytes, 0, read));
        var whole = read < Stretch ? read : Whole(bytes);
        var rest = from + whole < entry.Size ? FormattableString.Invariant($"; go on with from_byte {from + whole}") : "";
        return FormattableString.Invariant($"Bytes {from:N0} to {from + whole:N0} of {entry.Size:N0}{rest}.\n\n{Untrusted.Wrap(path.Text, Encoding.UTF8.GetString(bytes, 0, whole))}");
    }

    /// <summary>So many bytes that no character is cut.</summary>
    private static int Whole(byte[] bytes)
    {
        var end = bytes.Length;
        while (end > bytes.Length - 4 && (bytes[end - 1] & 0xC0) == 0x80)
            end--;
        return bytes[end - 1] >= 0xC0 ? end - 1 : bytes.Length;
    }
}
