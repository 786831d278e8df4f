using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.RegularExpressions;
using Alumia.Lab.Outbound;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Web;

/// <summary>What was found at an address.</summary>
/// <param name="Address">Where it stood in the end.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="MediaType">What it calls itself, such as <c>text/html</c>.</param>
/// <param name="Title">Its title; empty where it has none.</param>
/// <param name="Text">Markdown of a page, other text as it came; null for what is no text.</param>
/// <param name="Bytes">How much was read.</param>
/// <param name="Cut">Why the rest is missing; null where all came.</param>
internal sealed record FetchedPage(Uri Address, int Status, string MediaType, string Title, string? Text, long Bytes, string? Cut);

/// <summary>Fetches pages through the guard, and makes text of them.</summary>
internal sealed partial class PageReader(IHttpClientFactory clients, IOptions<WebOptions> options, TimeProvider clock)
{
    static PageReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <exception cref="OutboundException">Refused, not reached, or it did not answer in time.</exception>
    public async Task<FetchedPage> ReadAsync(Uri address, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.Seconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        using var client = clients.CreateClient(OutboundHttp.Client);
        client.Timeout = Timeout.InfiniteTimeSpan;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("text/html,application/xhtml+xml,application/json;q=0.9,text/*;q=0.8,*/*;q=0.5");
        request.Headers.UserAgent.ParseAdd("AlumiaLab/1.0");
        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (HttpRequestException exception)
        {
            throw Outbound(exception) ?? new OutboundException($"{address.Authority} could not be read: {exception.Message}", isRefused: false, exception);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            throw new OutboundException($"{address.Authority} did not answer within {options.Value.Seconds} s.", isRefused: false, exception);
        }
        using (answer)
            return await ReadAsync(answer, either.Token, cancellation);
    }

    private async Task<FetchedPage> ReadAsync(HttpResponseMessage answer, CancellationToken late, CancellationToken cancellation)
    {
        var type = answer.Content.Headers.ContentType;
        var mediaType = type?.MediaType?.ToLowerInvariant() ?? "";
        var page = new FetchedPage(answer.RequestMessage!.RequestUri!, (int)answer.StatusCode, mediaType, "", null, answer.Content.Headers.ContentLength ?? 0, null);
        if (!IsText(mediaType))
            return page;
        var (bytes, cut) = await BytesAsync(answer.Content, late, cancellation);
        var isHtml = mediaType is MediaTypeNames.Text.Html or "application/xhtml+xml" || (mediaType.Length == 0 && LooksLikeHtml(bytes));
        if (mediaType.Length == 0 && bytes.AsSpan().Contains((byte)0))
            return page with { Bytes = bytes.Length };
        var text = Decode(bytes, type?.CharSet, isHtml);
        if (!isHtml)
            return page with { Text = text, Bytes = bytes.Length, Cut = cut };
        var html = HtmlMarkdown.Of(text, page.Address, cancellation);
        return page with { Title = html.Title, Text = html.Markdown, Bytes = bytes.Length, Cut = cut };
    }

    private async Task<(byte[] Bytes, string? Cut)> BytesAsync(HttpContent content, CancellationToken late, CancellationToken cancellation)
    {
        var most = options.Value.MaxBytes;
        var bytes = new MemoryStream();
        var buffer = new byte[32 * 1024];
        try
        {
            await using var stream = await content.ReadAsStreamAsync(late);
            while (bytes.Length < most)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - bytes.Length)), late);
                if (read == 0)
                    return (bytes.ToArray(), null);
                bytes.Write(buffer, 0, read);
            }
            return (bytes.ToArray(), string.Create(CultureInfo.InvariantCulture, $"it is longer than {most:N0} bytes"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (bytes.ToArray(), $"it had not come whole after {options.Value.Seconds} s");
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidDataException)
        {
            return (bytes.ToArray(), "the connection broke");
        }
    }

    private static OutboundException? Outbound(Exception? exception) =>
        exception is null ? null : exception as OutboundException ?? Outbound(exception.InnerException);

    private static bool IsText(string mediaType) =>
        mediaType.Length == 0 || mediaType.StartsWith("text/", StringComparison.Ordinal)
        || mediaType is "application/json" or "application/xml" or "application/xhtml+xml" or "application/javascript" or "application/yaml" or "application/x-ndjson"
        || mediaType.EndsWith("+json", StringComparison.Ordinal) || (mediaType.EndsWith("+xml", StringComparison.Ordinal) && !mediaType.StartsWith("image/", StringComparison.Ordinal));

    private static bool LooksLikeHtml(byte[] bytes) => Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 1024)).Contains("<html", StringComparison.OrdinalIgnoreCase);

    private static string Decode(byte[] bytes, string? charset, bool isHtml)
    {
        if (charset is null && isHtml && Charset().Match(Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 4096))) is { Success: true } match)
            charset = match.Groups[1].Value;
        using var reader = new StreamReader(new MemoryStream(bytes), EncodingOf(charset), detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd().Replace("\0", "", StringComparison.Ordinal);
    }

    private static Encoding EncodingOf(string? charset)
    {
        try
        {
            return charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"', '\'', ' '));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    [GeneratedRegex("""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", RegexOptions.IgnoreCase)]
    private static partial Regex Charset();
}
