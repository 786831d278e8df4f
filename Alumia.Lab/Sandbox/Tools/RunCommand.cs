using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Storage;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Sandbox.Tools;

/// <summary>Runs a shell command in the session's sandbox; its output streams. An exit code other than zero is an answer, and no failure of the tool.</summary>
public sealed class RunCommand(CommandRunner runner, Writer writer, IOptions<SandboxOptions> options) : ITool, IToolProbe
{
    /// <summary>The tool's name, as views know it too.</summary>
    public const string ToolName = "run_command";

    // The system takes no argument over 128 KB, and a letter may have four bytes.
    private const int MostCommand = 30_000;

    // Killing takes a moment, and a full lab lets commands wait for their turn.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(60);

    public string Name => ToolName;

    public string Description { get; } =
        $"Runs a shell command in this session's sandbox, a small Linux without any network. It begins in /work, a folder that lasts as long as the session and that write_file, read_file and list_files "
        + $"work in too; all else is read-only or ends with the command, and so does every process that it leaves in the background. There is no keyboard input. Programs here: {string.Join(", ", SandboxPrograms.Useful)}. "
        + $"It may run for {options.Value.Seconds} s unless timeout_seconds says otherwise, and use {options.Value.MemoryMb} MB of memory and {options.Value.DiskMb} MB of disk. "
        + "People watch its output as it comes. You get its exit code and its output; of a long one the beginning and the end.";

    public JsonElement Schema { get; } = Arguments.Schema(string.Create(CultureInfo.InvariantCulture, $$"""
        {"type":"object","properties":{
          "command":{"type":"string","minLength":1,"maxLength":{{MostCommand}},"description":"For the shell; it may have many lines."},
          "timeout_seconds":{"type":"integer","minimum":1,"maximum":{{options.Value.MaxSeconds}},"description":"After so many seconds it is stopped."}
        },"required":["command"],"additionalProperties":false}
        """));

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit { get; } = TimeSpan.FromSeconds(options.Value.MaxSeconds) + _grace;

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var command = call.Text("command")!;
        if (command.Contains('\0', StringComparison.Ordinal))
        {
            yield return new ToolOutput.Error("A command has no NUL character.");
            yield break;
        }
        var time = TimeSpan.FromSeconds(call.Number("timeout_seconds") ?? options.Value.Seconds);
        try
        {
            await foreach (var output in runner.RunAsync(call.Context.SessionId, command, time, cancellation))
            {
                yield return output switch
                {
                    CommandOutput.Piece piece => new ToolOutput.Partial(piece.Text),
                    CommandOutput.End { Passed: { } passed } end => new ToolOutput.Error($"The command was stopped, with all its processes: {passed.Words}.{Written(end.Text)}"),
                    CommandOutput.End end => new ToolOutput.Result($"{Ended(end)}{Written(end.Text)}"),
                    _ => throw new InvalidOperationException("An output of no kind."),
                };
            }
        }
        finally
        {
            // Whatever ended it, it may have left files.
            await Workspaces.TellAsync(writer, call.Context.SessionId);
        }
    }

    public async ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation)
    {
        if (await runner.LookAsync(call.Context.SessionId, cancellation) is not { } load)
            return [new ToolFact("Processes", "None yet: it waits for other commands to end")];
        var work = load.Lately.TotalSeconds > load.Span.TotalSeconds / 10 ? "they work" : "they wait";
        return
        [
            new ToolFact("Processes", string.Create(CultureInfo.InvariantCulture, $"{load.Processes}")),
            new ToolFact("Processor", string.Create(CultureInfo.InvariantCulture, $"{load.Lately.TotalSeconds:0.00} s of the last {load.Span.TotalSeconds:0.0} s, {load.Cpu.TotalSeconds:0.0} s in all: {work}")),
        ];
    }

    private static string Ended(CommandOutput.End end) =>
        string.Create(CultureInfo.InvariantCulture, $"Exit code {end.ExitCode}{Meaning(end.ExitCode)}, after {end.Took.TotalSeconds:0.0} s.");

    private static string Meaning(int code) => code switch
    {
        126 => " (it could not be run)",
        127 => " (no such command)",
        137 => " (killed)",
        139 => " (a fault in memory)",
        152 => " (too much processor time)",
        > 128 and < 193 => string.Create(CultureInfo.InvariantCulture, $" (ended by signal {code - 128})"),
        _ => "",
    };

    private static string Written(string text) => text.Length == 0 ? "\n\nIt wrote nothing." : $"\n\n{Untrusted.Wrap("the output of the command", text)}";
}
