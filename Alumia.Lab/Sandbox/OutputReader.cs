using System.Text;
using System.Threading.Channels;

namespace Alumia.Lab.Sandbox;

/// <summary>
/// Reads what a command writes to its two outputs, as text, in the order in which it comes. Who reads too slowly slows the command, so that no
/// more than a few pieces wait.
/// </summary>
internal sealed class OutputReader
{
    private const int PieceBytes = 16 * 1024;
    private readonly Channel<string> _pieces = Channel.CreateBounded<string>(16);

    public OutputReader(SandboxProcess process) => _ = PumpAsync(process.Output, process.Errors);

    /// <summary>Completes when both outputs have ended.</summary>
    public ChannelReader<string> Pieces => _pieces.Reader;

    private async Task PumpAsync(params Stream[] streams)
    {
        await Task.WhenAll(streams.Select(PumpAsync));
        _pieces.Writer.TryComplete();
    }

    private async Task PumpAsync(Stream stream)
    {
        // A letter of several bytes may come in two pieces.
        var decoder = new UTF8Encoding(false).GetDecoder();
        var (bytes, letters) = (new byte[PieceBytes], new char[PieceBytes + 4]);
        try
        {
            int read;
            do
            {
                read = await stream.ReadAsync(bytes);
                var count = decoder.GetChars(bytes, 0, read, letters, 0, flush: read == 0);
                if (count > 0)
                    await _pieces.Writer.WriteAsync(Storable(letters.AsSpan(0, count)));
            }
            while (read > 0);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or ChannelClosedException)
        {
            // The command was killed, and its pipe with it.
        }
    }

    /// <summary>Databases keep no NUL in a text.</summary>
    private static string Storable(ReadOnlySpan<char> text) => text.ToString().Replace('\0', '\uFFFD');
}
