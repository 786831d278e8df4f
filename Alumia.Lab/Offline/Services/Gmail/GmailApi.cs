using System.Text.Json;
using Alumia.Lab.Offline.OAuth;

namespace Alumia.Lab.Offline.Services.Gmail;

/// <summary>Gmail's API, version 1, for one's own mailbox.</summary>
internal static class GmailApi
{
    public const string Host = "gmail.googleapis.com";

    private const int MostListed = 500;

    private static readonly string[] _system = [Mail.Inbox, Mail.Sent, Mail.Unread, "STARRED", "IMPORTANT", "SPAM", Mail.Trash, "DRAFT"];

    private static readonly string[] _read = [OAuthScopes.MailRead, OAuthScopes.MailModify, OAuthScopes.Mail];
    private static readonly string[] _headers = [.. _read, OAuthScopes.MailMetadata];

    public sealed record Sending(string? Raw, string? ThreadId);

    public sealed record Labelling(IReadOnlyList<string>? AddLabelIds, IReadOnlyList<string>? RemoveLabelIds);

    public static void Map(IEndpointRouteBuilder api)
    {
        var me = api.MapGroup("/gmail/v1/users/{user}");
        me.MapGet("/profile", ProfileAsync).Takes([.. _headers, OAuthScopes.MailCompose]);
        me.MapGet("/messages", ListAsync).Takes(_headers);
        me.MapGet("/messages/{id}", GetAsync).Takes(_headers);
        me.MapPost("/messages/send", SendAsync).Takes(OAuthScopes.MailSend, OAuthScopes.MailCompose, OAuthScopes.MailModify, OAuthScopes.Mail);
        me.MapPost("/messages/{id}/modify", ModifyAsync).Takes(OAuthScopes.MailModify, OAuthScopes.Mail);
        me.MapPost("/messages/{id}/trash", TrashAsync).Takes(OAuthScopes.MailModify, OAuthScopes.Mail);
        me.MapGet("/threads/{id}", ThreadAsync).Takes(_headers);
        me.MapGet("/labels", (ServiceCaller caller) => new { labels = _system.Select(label => new { id = label, name = label, type = "system" }) }).Takes([.. _headers, OAuthScopes.MailLabels]);
    }

    private static async Task<object> ProfileAsync(ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        var all = await store.ListAsync<Mail>(caller.Account, Mail.Kind, ended);
        return new { emailAddress = caller.Account, messagesTotal = all.Count, threadsTotal = all.Select(mail => mail.ThreadId).Distinct().Count(), historyId = "1" };
    }

    private static async Task<object> ListAsync(ServiceCaller caller, ServiceStore store, TimeProvider clock, HttpRequest request, string? q, int? maxResults, string? pageToken, CancellationToken ended)
    {
        if (!string.IsNullOrEmpty(q) && !_read.Any(caller.Scopes.Contains))
            throw Refusal.Invalid("q", "Metadata scope does not support 'q' parameter");
        var labels = request.Query["labelIds"];
        var found = (await store.ListAsync<Mail>(caller.Account, Mail.Kind, ended))
            .Where(mail => labels.All(label => mail.Labels.Contains(label!)) && (mail.Labels.Contains(Mail.Trash) == labels.Contains(Mail.Trash)) && MailQuery.Matches(q ?? "", mail, clock.NowMs()))
            .OrderByDescending(mail => mail.AtMs).ToList();
        var from = int.TryParse(pageToken, out var token) ? token : 0;
        var page = found.Skip(from).Take(Math.Clamp(maxResults ?? 100, 1, MostListed)).ToList();
        var answer = new Dictionary<string, object> { ["resultSizeEstimate"] = found.Count };
        if (page.Count > 0)
            answer["messages"] = page.Select(mail => new { id = mail.Id, threadId = mail.ThreadId });
        if (from + page.Count < found.Count)
            answer["nextPageToken"] = $"{from + page.Count}";
        return answer;
    }

    private static async Task<object> GetAsync(string id, string? format, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
        (await FindAsync(store, caller, id, ended)).Resource(FormatOf(caller, format));

    private static async Task<object> ThreadAsync(string id, string? format, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        var mails = (await store.ListAsync<Mail>(caller.Account, Mail.Kind, ended)).Where(mail => mail.ThreadId == id).OrderBy(mail => mail.AtMs).ToList();
        return mails.Count > 0 ? new { id, historyId = "1", messages = mails.Select(mail => mail.Resource(FormatOf(caller, format))) } : throw Missing();
    }

    private static async Task<object> SendAsync(Sending sending, ServiceCaller caller, ServiceStore store, CancellationToken ended)
    {
        if (string.IsNullOrEmpty(sending.Raw))
            throw Refusal.Invalid("raw", "'raw' RFC822 payload message string or uploading message via /upload/* URL required");
        var mail = await store.AddAsync(caller.Account, Mail.Kind, (tx, _) =>
        {
            var id = Mail.NewId();
            return (id, Mail.Parse(sending.Raw, id, sending.ThreadId is { Length: > 0 } thread ? thread : id, $"{caller.Person.Name} <{caller.Account}>", tx.NowMs));
        }, ended);
        return new { id = mail.Id, threadId = mail.ThreadId, labelIds = mail.Labels };
    }

    private static async Task<object> ModifyAsync(string id, Labelling labels, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
        Short(await store.ChangeAsync<Mail>(caller.Account, Mail.Kind, id, mail => mail with { Labels = [.. mail.Labels.Except(labels.RemoveLabelIds ?? []).Union(labels.AddLabelIds ?? [])] }, ended));

    private static async Task<object> TrashAsync(string id, ServiceCaller caller, ServiceStore store, CancellationToken ended) =>
        Short(await store.ChangeAsync<Mail>(caller.Account, Mail.Kind, id, mail => mail with { Labels = [.. mail.Labels.Except([Mail.Inbox]).Union([Mail.Trash])] }, ended));

    private static object Short(Mail? mail) => mail is null ? throw Missing() : new { id = mail.Id, threadId = mail.ThreadId, labelIds = mail.Labels };

    private static async Task<Mail> FindAsync(ServiceStore store, ServiceCaller caller, string id, CancellationToken ended) =>
        await store.FindAsync<Mail>(caller.Account, Mail.Kind, id, ended) ?? throw Missing();

    private static string FormatOf(ServiceCaller caller, string? format) => format switch
    {
        null or "full" or "raw" when !_read.Any(caller.Scopes.Contains) => "metadata",
        "minimal" or "metadata" or "raw" => format,
        null or "full" => "full",
        _ => throw Refusal.Invalid("format", $"Invalid value at 'format': {JsonEncodedText.Encode(format)}"),
    };

    private static Refusal Missing() => new(RefusalKind.NotFound, "Requested entity was not found.");
}
