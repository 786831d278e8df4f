using System.Text;
using System.Text.Json;
using Alumia.Lab.Offline.Services;
using Alumia.Lab.Tests.Harness;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Alumia.Lab.Tests.Offline;

/// <summary>The stand-ins of Gmail, Google Calendar and GitHub answer in the real services' shapes, over what an account holds.</summary>
public sealed class ServiceTests(SharedLab shared) : IClassFixture<SharedLab>, IDisposable
{
    private const string Mail = "gmail.googleapis.com/gmail/v1/users/me/";
    private const string Events = "www.googleapis.com/calendar/v3/calendars/primary/events";
    private const string Repo = "api.github.com/repos/ada/notes/";

    private readonly ProviderClient _client = new(shared.Lab);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_token_that_is_none_is_refused_as_the_service_refuses_it()
    {
        var google = await _client.GetAsync("made-up", Mail + "profile");
        Assert.Equal((401, "UNAUTHENTICATED"), (google.Status, google.Json.GetProperty("error").GetProperty("status").GetString()));
        var gitHub = await _client.GetAsync("made-up", "api.github.com/user");
        Assert.Equal((401, "Bad credentials"), (gitHub.Status, gitHub.Json.GetProperty("message").GetString()));
        Assert.All([google, gitHub], reply => Assert.Contains("invalid_token", reply.Challenge, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", 5)]
    [InlineData("is:unread", 2)]
    [InlineData("from:charles drawings", 1)]
    [InlineData("subject:\"lunch on\"", 1)]
    [InlineData("-is:unread", 3)]
    [InlineData("newer_than:3d", 3)]
    [InlineData("is:starred before:2000/1/1", 0)]
    public async Task Mail_is_searched_with_Gmails_words(string query, int found)
    {
        var token = (await _client.ConnectAsync(ProviderClient.MailRead, ProviderPerson.Grace)).Access;
        var list = (await _client.GetAsync(token, $"{Mail}messages?q={Uri.EscapeDataString(query)}")).Json;
        Assert.Equal(found, list.GetProperty("resultSizeEstimate").GetInt32());
        Assert.Equal(found > 0, list.TryGetProperty("messages", out _));
    }

    [Fact]
    public async Task Mail_is_listed_page_by_page_and_read_in_each_form()
    {
        var token = (await _client.ConnectAsync(ProviderClient.MailRead)).Access;
        var first = (await _client.GetAsync(token, Mail + "messages?maxResults=3&labelIds=INBOX")).Json;
        var rest = (await _client.GetAsync(token, $"{Mail}messages?maxResults=3&labelIds=INBOX&pageToken={first.GetProperty("nextPageToken").GetString()}")).Json;
        Assert.Equal((3, 2), (first.GetProperty("messages").GetArrayLength(), rest.GetProperty("messages").GetArrayLength()));

        var address = Mail + "messages/" + first.GetProperty("messages")[0].GetProperty("id").GetString();
        var full = (await _client.GetAsync(token, address)).Json;
        Assert.Equal("The engine's drawings", Header(full, "Subject"));
        Assert.Contains("second sheet", Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(full.GetProperty("payload").GetProperty("body").GetProperty("data").GetString()!)), StringComparison.Ordinal);
        Assert.False((await _client.GetAsync(token, address + "?format=metadata")).Json.GetProperty("payload").TryGetProperty("body", out _));
        using var raw = MimeMessage.Load(new MemoryStream(WebEncoders.Base64UrlDecode((await _client.GetAsync(token, address + "?format=raw")).Json.GetProperty("raw").GetString()!)), TestContext.Current.CancellationToken);
        Assert.Equal("The engine's drawings", raw.Subject);
        Assert.Equal(404, (await _client.GetAsync(token, Mail + "messages/0")).Status);
    }

    [Fact]
    public async Task Sent_mail_lands_in_the_outbox_and_among_the_sent()
    {
        var token = (await _client.ConnectAsync($"{ProviderClient.MailRead} {ProviderClient.MailSend}")).Access;
        using var message = new MimeMessage { Subject = "Grüße aus Köln", Body = new TextPart("plain") { Text = "Schön" } };
        message.To.Add(MailboxAddress.Parse("grace@offline.example"));
        using var bytes = new MemoryStream();
        message.WriteTo(bytes, TestContext.Current.CancellationToken);

        var sent = await _client.CallAsync(token, HttpMethod.Post, Mail + "messages/send", new { raw = WebEncoders.Base64UrlEncode(bytes.ToArray()) });

        Assert.Equal((200, "SENT"), (sent.Status, sent.Json.GetProperty("labelIds")[0].GetString()));
        var id = sent.Json.GetProperty("id").GetString();
        Assert.Equal("Grüße aus Köln", Header((await _client.GetAsync(token, $"{Mail}messages/{id}")).Json, "Subject"));
        var mail = Assert.Single(await shared.Lab.Services.GetRequiredService<Outbox>().ListAsync(100, TestContext.Current.CancellationToken), one => one.Id == id);
        Assert.Equal((ProviderPerson.Ada, "grace@offline.example", "Grüße aus Köln", "Schön"), (mail.Account, mail.To, mail.Subject, mail.Text.Trim()));
        Assert.Equal(400, (await _client.CallAsync(token, HttpMethod.Post, Mail + "messages/send", new { raw = "%%%" })).Status);
        Assert.Equal(400, (await _client.CallAsync(token, HttpMethod.Post, Mail + "messages/send", new { raw = WebEncoders.Base64UrlEncode("Subject: to nobody\r\n\r\nHi"u8) })).Status);
    }

    [Fact]
    public async Task Events_are_listed_made_changed_and_deleted()
    {
        var token = (await _client.ConnectAsync(ProviderClient.CalendarEvents)).Access;
        var made = await _client.CallAsync(token, HttpMethod.Post, Events + "?sendUpdates=none", new
        {
            summary = "Tea",
            start = new { dateTime = "2040-01-02T15:00:00+01:00" },
            end = new { dateTime = "2040-01-02T16:00:00+01:00" },
        });
        Assert.Equal(200, made.Status);
        var id = made.Json.GetProperty("id").GetString();
        Assert.Equal(200, (await _client.CallAsync(token, HttpMethod.Patch, $"{Events}/{id}", new { location = "Garden" })).Status);

        var list = (await _client.GetAsync(token, $"{Events}?singleEvents=true&orderBy=startTime&timeMin=2039-01-01T00:00:00Z&q=tea")).Json;
        var only = Assert.Single(list.GetProperty("items").EnumerateArray());
        Assert.Equal((id, "Garden"), (only.GetProperty("id").GetString(), only.GetProperty("location").GetString()));
        Assert.Equal(3, (await _client.GetAsync(token, $"{Events}?timeMax=2039-01-01T00:00:00Z")).Json.GetProperty("items").GetArrayLength());
        Assert.Equal(204, (await _client.CallAsync(token, HttpMethod.Delete, $"{Events}/{id}")).Status);
        Assert.Equal(404, (await _client.GetAsync(token, $"{Events}/{id}")).Status);
        Assert.Equal(403, (await _client.GetAsync(token, "www.googleapis.com/calendar/v3/users/me/calendarList")).Status);
        Assert.Equal(404, (await _client.GetAsync(token, "www.googleapis.com/calendar/v3/calendars/nobodys/events")).Status);
    }

    [Fact]
    public async Task Issues_are_listed_searched_made_and_answered_and_files_are_read()
    {
        var token = (await _client.ConnectAsync("read:user public_repo")).Access;
        Assert.Equal("ada", (await _client.GetAsync(token, "api.github.com/user")).Json.GetProperty("login").GetString());
        var made = await _client.CallAsync(token, HttpMethod.Post, Repo + "issues", new { title = "A leak in the boiler", labels = new[] { "bug" } });
        Assert.Equal(201, made.Status);
        var number = made.Json.GetProperty("number").GetInt32();
        Assert.Equal(201, (await _client.CallAsync(token, HttpMethod.Post, $"{Repo}issues/{number}/comments", new { body = "Seen." })).Status);

        Assert.Equal(number, (await _client.GetAsync(token, Repo + "issues?labels=bug&per_page=1")).Json[0].GetProperty("number").GetInt32());
        Assert.Equal(1, (await _client.GetAsync(token, Repo + "issues?state=closed")).Json.GetArrayLength());
        var found = (await _client.GetAsync(token, "api.github.com/search/issues?q=" + Uri.EscapeDataString("repo:ada/notes is:issue is:open boiler"))).Json;
        Assert.Equal((1, 1), (found.GetProperty("total_count").GetInt32(), found.GetProperty("items")[0].GetProperty("comments").GetInt32()));
        Assert.Equal("# notes", (await _client.CallAsync(token, HttpMethod.Get, Repo + "contents/README.md", accept: "application/vnd.github.raw+json")).Text.Split('\n')[0]);
        Assert.Equal("base64", (await _client.GetAsync(token, Repo + "contents/src/notes.py")).Json.GetProperty("encoding").GetString());
        Assert.Equal(["README.md", "docs", "src"], (await _client.GetAsync(token, Repo + "contents/")).Json.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(404, (await _client.GetAsync(token, "api.github.com/repos/ada/secret/issues")).Status);
        Assert.Equal(422, (await _client.CallAsync(token, HttpMethod.Post, Repo + "issues", new { body = "no title" })).Status);

        var reader = (await _client.ConnectAsync("read:user")).Access;
        Assert.Equal(403, (await _client.CallAsync(reader, HttpMethod.Post, Repo + "issues", new { title = "No" })).Status);
        Assert.Equal(200, (await _client.GetAsync(reader, Repo + "issues")).Status);
    }

    private static string? Header(JsonElement message, string name) => message.GetProperty("payload").GetProperty("headers").EnumerateArray()
        .Single(header => header.GetProperty("name").GetString() == name).GetProperty("value").GetString();
}
