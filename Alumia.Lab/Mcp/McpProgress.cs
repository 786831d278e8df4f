using System.Globalization;
using System.Threading.Channels;
using ModelContextProtocol;

namespace Alumia.Lab.Mcp;

/// <summary>What a server says while a call runs, as lines for people: not more than ten a second, nor a thousand in all, for each is kept.</summary>
internal sealed class McpProgress(ChannelWriter<string> told, TimeProvider clock) : IProgress<ProgressNotificationValue>
{
    private const int MostLines = 1_000;
    private const int MostOfLine = 500;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private string? _held;
    private long _toldAt;
    private int _lines;

    public void Report(ProgressNotificationValue value)
    {
        lock (_lock)
        {
            var line = LineOf(value);
            if (_lines > 0 && clock.GetElapsedTime(_toldAt) < _pause)
                _held = line; // The last of a burst is told with the next one, or at the end.
            else
                Tell(line);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_held is { } held)
                Tell(held);
            told.TryComplete();
        }
    }

    private void Tell(string line)
    {
        (_held, _toldAt) = (null, clock.GetTimestamp());
        if (++_lines <= MostLines)
            told.TryWrite(line);
    }

    private static string LineOf(ProgressNotificationValue value)
    {
        var count = value.Total is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{value.Progress:0.##} of {value.Total:0.##}") : value.Progress.ToString("0.##", CultureInfo.InvariantCulture);
        return value.Message is { Length: > 0 } message ? $"{count}: {Foreign.Text(message, MostOfLine)}\n" : $"{count}\n";
    }
}
