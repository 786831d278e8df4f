using System.Buffers;
using System.Text.Json;

namespace Alumia.Lab.Offline.Models;

/// <summary>One answer in a provider's own protocol, streamed piece by piece or whole.</summary>
internal abstract class StandInWire(HttpResponse response)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public static string Id(string prefix) => prefix + Guid.NewGuid().ToString("N");

    public abstract void Begin(int inputTokens);

    public abstract void Reasoning(string token);

    public abstract void Text(string token);

    public abstract void Call(int index, PlannedCall call);

    public abstract void End(int inputTokens, int outputTokens, string reason);

    public abstract Task WholeAsync(Plan plan, int inputTokens, int outputTokens, string reason, CancellationToken cancellation);

    public abstract Task ErrorAsync(int status, string message, int? retryAfter, CancellationToken cancellation);

    public async Task FlushAsync(CancellationToken cancellation) => await response.BodyWriter.FlushAsync(cancellation);

    protected HttpResponse Response => response;

    protected void StartEvents()
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
    }

    protected void Event(string? name, object data)
    {
        if (name is not null)
            Raw($"event: {name}\n");
        Raw("data: ");
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer))
            JsonSerializer.Serialize(json, data);
        response.BodyWriter.Write(_buffer.WrittenSpan);
        Raw("\n\n");
    }

    protected void Raw(string text)
    {
        var span = response.BodyWriter.GetSpan(System.Text.Encoding.UTF8.GetMaxByteCount(text.Length));
        response.BodyWriter.Advance(System.Text.Encoding.UTF8.GetBytes(text, span));
    }
}
