using System.Text;
using System.Text.Json;
using Alumia.Lab.Connectors;
using Microsoft.AspNetCore.WebUtilities;
using MimeKit;

namespace Alumia.Lab.Tests.Connectors;

/// <summary>How a call becomes a request: every argument goes where the catalogue says, as what it is, and nowhere else.</summary>
public sealed class OperationHttpTests
{
    [Theory]
    [InlineData("gmail.list_messages", "{}", "GET", "https://gmail.googleapis.com/gmail/v1/users/me/messages")]
    [InlineData("gmail.list_messages", """{"labels":["INBOX","A & B"],"limit":5}""", "GET", "https://gmail.googleapis.com/gmail/v1/users/me/messages?labelIds=INBOX&labelIds=A%20%26%20B&maxResults=5")]
    [InlineData("gmail.search", """{"query":"from:robin is:unread&format=raw#x"}""", "GET", "https://gmail.googleapis.com/gmail/v1/users/me/messages?q=from%3Arobin%20is%3Aunread%26format%3Draw%23x")]
    [InlineData("gmail.get_message", """{"id":"a/b?c"}""", "GET", "https://gmail.googleapis.com/gmail/v1/users/me/messages/a%2Fb%3Fc?format=raw")]
    [InlineData("google_calendar.list_events", """{"calendar":"robin@example.com","limit":1e1}""", "GET", "https://www.googleapis.com/calendar/v3/calendars/robin%40example.com/events?singleEvents=true&orderBy=startTime&maxResults=10")]
    [InlineData("google_calendar.delete_event", """{"calendar":"primary","id":"e1"}""", "DELETE", "https://www.googleapis.com/calendar/v3/calendars/primary/events/e1")]
    [InlineData("github.get_file", """{"owner":"octo","repo":"hello","path":"src/über us.c","ref":"a/b"}""", "GET", "https://api.github.com/repos/octo/hello/contents/src/%C3%BCber%20us.c?ref=a%2Fb")]
    [InlineData("airtable.list_records", """{"base":"app1","table":"To do","formula":"{Done}='no'"}""", "GET", "https://api.airtable.com/v0/app1/To%20do?filterByFormula=%7BDone%7D%3D%27no%27")]
    [InlineData("slack.read_channel", """{"channel":"C1","limit":null}""", "GET", "https://slack.com/api/conversations.history?channel=C1")]
    public void Arguments_stand_escaped_in_path_and_query_and_what_was_left_out_is_left_out(string operation, string arguments, string method, string address)
    {
        using var request = Make(operation, arguments);
        Assert.Equal((method, address), (request.Method.Method, request.RequestUri!.AbsoluteUri));
        Assert.Null(request.Content);
    }

    [Theory]
    [InlineData("gmail.get_message", """{"id":".."}""")]
    [InlineData("gmail.get_message", """{"id":"."}""")]
    [InlineData("github.get_file", """{"owner":"octo","repo":"hello","path":"../../user"}""")]
    [InlineData("github.get_file", """{"owner":"octo","repo":"hello","path":"a//b"}""")]
    [InlineData("github.list_issues", """{"owner":"..","repo":".."}""")]
    public void A_path_never_leads_up(string operation, string arguments)
    {
        var refusal = Assert.Throws<Refusal>(() => Make(operation, arguments).Dispose());
        Assert.Equal(RefusalKind.Invalid, refusal.Kind);
    }

    [Theory]
    [InlineData("github.create_issue", """{"owner":"o","repo":"r","title":"It's \"so\"","labels":["a","b"]}""", """{"title":"It's \"so\"","labels":["a","b"]}""")]
    [InlineData("airtable.update_record", """{"base":"app1","table":"T","record":"rec1","fields":{"n":1.50,"ok":true,"none":null}}""", """{"fields":{"n":1.50,"ok":true,"none":null}}""")]
    [InlineData("google_calendar.create_event", """{"calendar":"primary","title":"Lunch","start":"2026-12-01T12:00:00Z","end":"2026-12-01T13:00:00Z"}""",
        """{"summary":"Lunch","start":{"dateTime":"2026-12-01T12:00:00Z"},"end":{"dateTime":"2026-12-01T13:00:00Z"}}""")]
    [InlineData("notion.search", "{}", """{"filter":{"property":"object","value":"page"},"sort":{"timestamp":"last_edited_time","direction":"descending"}}""")]
    [InlineData("notion.create_page", """{"parent":"p","title":"{parent}"}""", """{"parent":{"page_id":"p"},"properties":{"title":{"title":[{"text":{"content":"{parent}"}}]}}}""")]
    public async Task A_body_keeps_the_types_of_its_arguments_and_leaves_out_what_was_left_out(string operation, string arguments, string body)
    {
        using var request = Make(operation, arguments);
        Assert.Equal("application/json", request.Content!.Headers.ContentType!.MediaType);
        var sent = await request.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(body), JsonElement.Parse(sent)), sent);
    }

    [Fact]
    public void Headers_of_the_service_and_of_the_operation_are_sent()
    {
        using var issues = Make("github.list_issues", """{"owner":"o","repo":"r"}""");
        using var file = Make("github.get_file", """{"owner":"o","repo":"r","path":"p"}""");
        using var notion = Make("notion.search", "{}");
        Assert.Equal(("application/vnd.github+json", "2022-11-28"), (issues.Headers.Accept.ToString(), issues.Headers.GetValues("X-GitHub-Api-Version").Single()));
        Assert.Equal("application/vnd.github.raw+json", file.Headers.Accept.ToString());
        Assert.Equal(("2025-09-03", "application/json"), (notion.Headers.GetValues("Notion-Version").Single(), notion.Headers.Accept.ToString()));
    }

    [Fact]
    public async Task A_mail_is_a_message_in_base64url_that_no_argument_can_break()
    {
        using var request = Make("gmail.send", """
            {"to":["Robin Ü <robin@example.com>","ada@example.com"],"bcc":["eve@example.com"],"subject":"Grüße\r\nBcc: mallory@example.com","body":"Line one\nLine two ÄÖ"}
            """);
        var raw = JsonElement.Parse(await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken)).GetProperty("raw").GetString()!;
        Assert.DoesNotContain('+', raw);
        using var mail = MimeMessage.Load(new MemoryStream(WebEncoders.Base64UrlDecode(raw)), TestContext.Current.CancellationToken);
        Assert.Equal(["robin@example.com", "ada@example.com"], mail.To.Mailboxes.Select(box => box.Address));
        Assert.Equal(["eve@example.com"], mail.Bcc.Mailboxes.Select(box => box.Address));
        Assert.Equal("Robin Ü", mail.To[0].Name);
        Assert.Equal("Grüße Bcc: mallory@example.com", mail.Subject);
        Assert.Equal("Line one\nLine two ÄÖ", mail.TextBody!.ReplaceLineEndings("\n").TrimEnd('\n'));
        Assert.Empty(mail.From);
        Assert.Throws<Refusal>(() => Make("gmail.send", """{"to":["nobody"],"subject":"","body":""}""").Dispose());
    }

    [Fact]
    public void A_mail_is_read_as_text_with_its_headers_and_attachments()
    {
        var body = new BodyBuilder { HtmlBody = "<head><style>p{}</style></head><p>Hello <b>there</b></p><script>alert(1)</script>" };
        body.Attachments.Add("plan.txt", "x"u8.ToArray());
        using var mail = new MimeMessage([new MailboxAddress("Robin", "robin@example.com")], [MailboxAddress.Parse("ada@example.com")], "The plan", body.ToMessageBody());
        using var bytes = new MemoryStream();
        mail.WriteTo(bytes, TestContext.Current.CancellationToken);
        var text = OperationMail.Read(JsonSerializer.SerializeToElement(new { raw = WebEncoders.Base64UrlEncode(bytes.ToArray()), threadId = "t1" }))!;
        Assert.Contains("Subject: The plan\nThread: t1\nAttachments: plan.txt\n\nHello there", text, StringComparison.Ordinal);
        Assert.Contains("From: \"Robin\" <robin@example.com>\nTo: ada@example.com\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert", text, StringComparison.Ordinal);
        Assert.Null(OperationMail.Read(JsonElement.Parse("""{"raw":"%%%"}""")));
        Assert.Null(OperationMail.Read(JsonElement.Parse("""{"id":"1"}""")));
    }

    [Theory]
    [InlineData(200, """{ "a" : [1, "ü"] }""", null, "{\"a\":[1,\"ü\"]}")]
    [InlineData(200, "just text", null, "just text")]
    [InlineData(200, "{broken", null, "{broken")]
    [InlineData(204, "", null, "Done. GitHub answered 204")]
    [InlineData(422, """{"message":"Validation Failed","errors":[1]}""", "GitHub answered 422", "Validation Failed")]
    [InlineData(404, """{"error":{"code":404,"message":"No such thing"}}""", "GitHub answered 404", "No such thing")]
    [InlineData(400, """{"ok":false,"error":"channel_not_found"}""", "GitHub answered 400", "channel_not_found")]
    [InlineData(502, "<html>Bad gateway</html>", "GitHub answered 502", "Bad gateway")]
    public async Task An_answer_is_told_compact_and_marked_as_from_outside_and_an_error_with_the_services_own_message(int status, string body, string? error, string told)
    {
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var end = await ReadAsync(response);
        var text = end switch { OperationEnd.Answered answered => answered.Text, OperationEnd.Failed failed => failed.Message, _ => "" };
        Assert.Equal(error is null, end is OperationEnd.Answered);
        Assert.StartsWith(error ?? (body.Length == 0 ? "Done." : "<untrusted id="), text, StringComparison.Ordinal);
        Assert.Contains(told, text, StringComparison.Ordinal);
        if (body.Length > 0)
            Assert.Contains("source=\"GitHub\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_answer_is_cut_and_says_so_and_one_about_scopes_is_known_by_its_challenge_or_headers()
    {
        using var longOne = new HttpResponseMessage { Content = new StringContent(new string('x', 3_000_000)) };
        var text = Assert.IsType<OperationEnd.Answered>(await ReadAsync(longOne)).Text;
        Assert.InRange(text.Length, 30_000, 31_000);
        Assert.Contains("more characters were left out", text, StringComparison.Ordinal);

        using var challenged = new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden) { Content = new StringContent("{}") };
        challenged.Headers.TryAddWithoutValidation("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\"");
        Assert.Null(await ReadAsync(challenged));
        using var listed = new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) { Content = new StringContent("{}") };
        listed.Headers.TryAddWithoutValidation("X-OAuth-Scopes", "read:user");
        listed.Headers.TryAddWithoutValidation("X-Accepted-OAuth-Scopes", "repo, public_repo");
        Assert.Null(await ReadAsync(listed));
        using var plain = new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden) { Content = new StringContent("""{"message":"Rate limit"}""") };
        Assert.IsType<OperationEnd.Failed>(await ReadAsync(plain));
    }

    [Theory]
    [InlineData("""{"ok":true,"messages":[]}""", 200)]
    [InlineData("""{"ok":false,"error":"token_revoked"}""", 401)]
    [InlineData("""{"ok":false,"error":"missing_scope","needed":"chat:write"}""", 403)]
    [InlineData("""{"ok":false,"error":"channel_not_found"}""", 400)]
    [InlineData("no json", 200)]
    public async Task A_failure_told_in_the_body_is_given_the_status_that_others_would_have_given_it(string body, int status)
    {
        var slack = CatalogueTests.Find("slack.send_message").Connector;
        using var response = new HttpResponseMessage { Content = new StringContent(body) };
        Assert.Equal(status, (int)(await BodyFailures.ReadAsync(response, slack.Failure, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(status == 403, response.Headers.WwwAuthenticate.ToString().Contains("insufficient_scope", StringComparison.Ordinal));
        Assert.Equal(body, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Task<OperationEnd?> ReadAsync(HttpResponseMessage response)
    {
        var (connector, operation) = CatalogueTests.Find("github.create_issue");
        return OperationAnswer.ReadAsync(connector, operation, response, TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage Make(string name, string arguments)
    {
        var (connector, operation) = CatalogueTests.Find(name);
        return OperationHttp.Make(connector, operation, JsonElement.Parse(arguments));
    }
}
