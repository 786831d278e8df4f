using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Alumia.Lab.Outbound;
using Alumia.Lab.Tools;
using Microsoft.Extensions.Options;

namespace Alumia.Lab.Web;

/// <summary>Reads a page of the web as Markdown.</summary>
internal sealed class WebFetch(PageReader pages, IOptions<WebOptions> options, TimeProvider clock) : ITool, IToolProbe
{
    public string Name => "web_fetch";

    public string Description =>
        "Reads one page of the open web: HTML comes as Markdown, text and JSON as they are. It runs no scripts and keeps no cookies; for pages that need them use browser_open. "
        + "Long pages come in pieces: call again with from to go on.";

    public JsonElement Schema { get; } = Arguments.Schema("""
        {"type":"object","properties":{
          "url":{"type":"string","minLength":1,"maxLength":4000,"description":"The address, with http:// or https://."},
          "from":{"type":"integer","minimum":0,"description":"The character of the text to begin at; left out for the beginning."}
        },"required":["url"],"additionalProperties":false}
        """);

    public ToolRisk Risk => ToolRisk.Reads;

    public TimeSpan TimeLimit => TimeSpan.FromSeconds(options.Value.Seconds + 15);

    public ValueTask<IReadOnlyList<ToolFact>> LookAsync(ToolCall call, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<ToolFact>>([new ToolFact("Waits for", $"the answer of {WebAddress.Parse(call.Text("url") ?? "", out _)?.Authority ?? "the address"}")]);

    public async IAsyncEnumerable<ToolOutput> RunAsync(ToolCall call, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (WebAddress.Parse(call.Text("url")!, out var wrong) is not { } address)
        {
            yield return new ToolOutput.Error(wrong);
            yield break;
        }
        var reading = pages.ReadAsync(address, cancellation);
        for (var seconds = 1; await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(1), clock, cancellation)) != reading; seconds++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new ToolOutput.Partial($"waiting for {address.Authority} since {seconds} s\n");
        }
        ToolOutput end;
        try
        {
            end = Told(await reading, (int)(call.Number("from") ?? 0));
        }
        catch (OutboundException exception)
        {
            end = new ToolOutput.Error(exception.Message);
        }
        yield return end;
    }

    private ToolOutput Told(FetchedPage page, int from)
    {
        if (page.Status >= 400)
        {
            var reason = Enum.IsDefined((HttpStatusCode)page.Status) ? $" ({(HttpStatusCode)page.Status})" : "";
            var said = page.Text is { Length: > 0 } text ? "\n" + Untrusted.Wrap(page.Address.AbsoluteUri, Cut(text, 0, 2_000)) : "";
            return new ToolOutput.Error($"{page.Address.Authority} answered {page.Status}{reason}.{said}");
        }
        if (page.Text is not { } whole)
            return new ToolOutput.Result(Untrusted.Wrap(page.Address.AbsoluteUri, $"What is at this address is no text but {(page.MediaType.Length == 0 ? "bytes of an unknown type" : page.MediaType)}{Size(page.Bytes)}; web_fetch reads HTML, text and JSON."));
        if (from > whole.Length)
            return new ToolOutput.Error($"The text has {whole.Length} characters; there is none from {from} on.");
        var piece = Cut(whole, from, options.Value.MaxCharacters);
        var facts = new List<string> { $"Address: {page.Address.AbsoluteUri}" };
        if (page.Title.Length > 0)
            facts.Add($"Title: {Cut(page.Title, 0, 300)}");
        var left = whole.Length - from - piece.Length;
        var rest = left > 0 ? $"\n{left} more characters follow: call web_fetch again with from {from + piece.Length}." : "";
        var cut = page.Cut is { } why && left == 0 ? $"\nThe rest of the page is missing: {why}." : "";
        return new ToolOutput.Result(Untrusted.Wrap(page.Address.AbsoluteUri, $"{string.Join('\n', facts)}\n\n{(piece.Length == 0 ? "(The page says nothing.)" : piece)}") + rest + cut);
    }

    private static string Size(long bytes) => bytes > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {bytes:N0} bytes") : "";

    /// <summary>Never in the middle of a character.</summary>
    private static string Cut(string text, int from, int most)
    {
        var end = Math.Min(text.Length, from + most);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[from..end];
    }
}
