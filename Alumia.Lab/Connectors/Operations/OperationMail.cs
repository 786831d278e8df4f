using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MimeKit;
using MimeKit.Text;

namespace Alumia.Lab.Connectors;

/// <summary>Mails as Gmail's API takes and gives them: an RFC 5322 message in base64url, in the member <c>raw</c>.</summary>
internal static class OperationMail
{
    /// <summary>The body of a request that sends a mail, from the arguments to, cc, bcc, subject and body.</summary>
    /// <exception cref="Refusal">An address is none.</exception>
    public static string Write(JsonElement arguments)
    {
        var mail = new MimeMessage { Subject = OneLine(Text(arguments, "subject")), Body = new TextPart("plain") { Text = Text(arguments, "body") } };
        Add(mail.To, arguments, "to");
        Add(mail.Cc, arguments, "cc");
        Add(mail.Bcc, arguments, "bcc");
        // Who sends it and when is the service's to say.
        mail.Headers.Remove(HeaderId.From);
        mail.Headers.Remove(HeaderId.Date);
        using var bytes = new MemoryStream();
        mail.WriteTo(bytes);
        return JsonSerializer.Serialize(new { raw = WebEncoders.Base64UrlEncode(bytes.ToArray()) });
    }

    /// <summary>A mail as text: its headers that people read, its text, and the names of what is attached. Null where the answer holds none.</summary>
    public static string? Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("raw", out var raw) || raw.ValueKind != JsonValueKind.String)
            return null;
        MimeMessage mail;
        try
        {
            using var bytes = new MemoryStream(WebEncoders.Base64UrlDecode(raw.GetString()!.TrimEnd('=')));
            mail = MimeMessage.Load(bytes);
        }
        catch (FormatException)
        {
            return null;
        }
        using (mail)
        {
            var text = new StringBuilder();
            Line(text, "From", mail.From.ToString());
            Line(text, "To", mail.To.ToString());
            Line(text, "Cc", mail.Cc.ToString());
            Line(text, "Date", mail.Date == default ? "" : mail.Date.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture));
            Line(text, "Subject", mail.Subject ?? "");
            if (answer.TryGetProperty("threadId", out var thread))
                Line(text, "Thread", thread.ToString());
            Line(text, "Attachments", string.Join(", ", mail.Attachments.Select(part => part.ContentDisposition?.FileName ?? part.ContentType.Name ?? part.ContentType.MimeType)));
            return text.Append('\n').Append(mail.TextBody ?? Plain(mail.HtmlBody) ?? "(The mail has no text.)").ToString();
        }
    }

    private static void Add(InternetAddressList list, JsonElement arguments, string name)
    {
        if (!arguments.TryGetProperty(name, out var addresses) || addresses.ValueKind != JsonValueKind.Array)
            return;
        foreach (var text in addresses.EnumerateArray().Select(each => each.GetString() ?? ""))
            list.Add(MailboxAddress.TryParse(text, out var address) && address.Address.Contains('@', StringComparison.Ordinal) ? address : throw Refusal.Invalid(name, $"\"{text}\" is no mail address."));
    }

    /// <summary>The text of HTML, by its tokens: a tree of a stranger's could swell beyond all bounds.</summary>
    private static string? Plain(string? html)
    {
        if (html is null)
            return null;
        var (text, unseen) = (new StringBuilder(), 0);
        var tokens = new HtmlTokenizer(new StringReader(html)) { DecodeCharacterReferences = true };
        while (tokens.ReadNextToken(out var token))
        {
            if (token is HtmlTagToken tag && tag.Id is HtmlTagId.Script or HtmlTagId.Style or HtmlTagId.Head)
                unseen = Math.Max(0, unseen + (tag.IsEndTag ? -1 : tag.IsEmptyElement ? 0 : 1));
            else if (token is HtmlTagToken { Id: HtmlTagId.Body })
                unseen = 0; // A head without an end ends here.
            else if (token is HtmlTagToken { Id: HtmlTagId.Br or HtmlTagId.P or HtmlTagId.Div or HtmlTagId.TR or HtmlTagId.LI })
                text.Append('\n');
            else if (unseen == 0 && token is HtmlDataToken { Kind: HtmlTokenKind.Data } data)
                text.Append(data.Data);
        }
        return string.Join('\n', text.ToString().Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    private static void Line(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
            text.Append(name).Append(": ").Append(OneLine(value)).Append('\n');
    }

    private static string Text(JsonElement arguments, string name) => arguments.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\0'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
