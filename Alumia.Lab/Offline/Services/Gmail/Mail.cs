using System.Security.Cryptography;
using System.Text;
using MimeKit;

namespace Alumia.Lab.Offline.Services.Gmail;

/// <summary>A mail in an account.</summary>
internal sealed record Mail(string Id, string ThreadId, string From, string To, string Subject, string Text, long AtMs, IReadOnlyList<string> Labels)
{
    public const string Kind = "mail";
    public const string Sent = "SENT", Inbox = "INBOX", Unread = "UNREAD", Trash = "TRASH";

    public string Cc { get; init; } = "";

    public string MessageId { get; init; } = $"<{Id}@offline.example>";

    /// <summary>An id as Gmail's: 16 hexadecimal digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>What the sender's RFC 5322 message says.</summary>
    public static Mail Parse(string raw, string id, string threadId, string sender, long nowMs)
    {
        using var stream = new MemoryStream(FromBase64Url(raw));
        MimeMessage message;
        try
        {
            message = MimeMessage.Load(stream);
        }
        catch (FormatException)
        {
            throw Refusal.Invalid("raw", "Invalid message: it is not in RFC 5322 form.");
        }
        using (message)
        {
            if (message.To.Count + message.Cc.Count + message.Bcc.Count == 0)
                throw Refusal.Invalid("raw", "Recipient address required");
            return new Mail(id, threadId, message.From.Count > 0 ? message.From.ToString() : sender, message.To.ToString(), message.Subject ?? "", message.TextBody ?? message.HtmlBody ?? "", nowMs, [Sent])
            {
                Cc = message.Cc.ToString(),
            };
        }
    }

    /// <summary>The message as Gmail's resource, as much of it as <paramref name="format"/> asks for.</summary>
    public object Resource(string format)
    {
        var snippet = Text.ReplaceLineEndings(" ");
        var common = new Dictionary<string, object?>
        {
            ["id"] = Id,
            ["threadId"] = ThreadId,
            ["labelIds"] = Labels,
            ["snippet"] = snippet.Length > 120 ? snippet[..120] : snippet,
            ["historyId"] = "1",
            ["internalDate"] = $"{AtMs}",
            ["sizeEstimate"] = Encoding.UTF8.GetByteCount(Text) + 400,
        };
        if (format == "raw")
            common["raw"] = ToBase64Url(Raw());
        else if (format != "minimal")
            common["payload"] = Payload(withBody: format == "full");
        return common;
    }

    public static string ToBase64Url(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');

    private static byte[] FromBase64Url(string text)
    {
        try
        {
            var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
            return Convert.FromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException)
        {
            throw Refusal.Invalid("raw", "Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed");
        }
    }

    private byte[] Raw()
    {
        using var message = new MimeMessage
        {
            Subject = Subject,
            Date = DateTimeOffset.FromUnixTimeMilliseconds(AtMs),
            MessageId = MessageId.Trim('<', '>'),
            Body = new TextPart("plain") { Text = Text },
        };
        message.From.AddRange(InternetAddressList.Parse(From));
        if (To.Length > 0)
            message.To.AddRange(InternetAddressList.Parse(To));
        if (Cc.Length > 0)
            message.Cc.AddRange(InternetAddressList.Parse(Cc));
        using var stream = new MemoryStream();
        message.WriteTo(stream);
        return stream.ToArray();
    }

    private Dictionary<string, object> Payload(bool withBody)
    {
        var bytes = Encoding.UTF8.GetBytes(Text);
        var payload = new Dictionary<string, object>
        {
            ["partId"] = "",
            ["mimeType"] = "text/plain",
            ["filename"] = "",
            ["headers"] = Headers().Select(header => new { name = header.Name, value = header.Value }),
        };
        if (withBody)
            payload["body"] = new { size = bytes.Length, data = ToBase64Url(bytes) };
        return payload;
    }

    private IEnumerable<(string Name, string Value)> Headers()
    {
        yield return ("From", From);
        yield return ("To", To);
        if (Cc.Length > 0)
            yield return ("Cc", Cc);
        yield return ("Subject", Subject);
        yield return ("Date", DateTimeOffset.FromUnixTimeMilliseconds(AtMs).ToString("R", System.Globalization.CultureInfo.InvariantCulture));
        yield return ("Message-ID", MessageId);
        yield return ("Content-Type", "text/plain; charset=\"UTF-8\"");
    }
}
