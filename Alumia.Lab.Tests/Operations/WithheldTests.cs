using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Alumia.Lab.Api;
using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Sharing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alumia.Lab.Tests.Operations;

/// <summary>What opens something, and what people write, is in no entry of the log, no scope of one, and no span. (OAuth's tokens: <c>Connectors/ProviderFaultTests</c>.)</summary>
public sealed class WithheldTests
{
    private const string ProviderKey = "offline-good-Wq4-withheld-Wq4";
    private const string Said = "amaranthine-Wq4";
    private const string Signature = "t=1,v1=feedc0de5eedfeedc0de5eed";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_and_no_message_is_in_the_logs_at_their_most_talkative_nor_in_a_span()
    {
        var (log, spans) = (new StringBuilder(), new ConcurrentQueue<Activity>());
        using var listener = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);
        await using var lab = await LabHost.StartAsync(new LabHostOptions
        {
            Settings = await Bench.SettingsAsync(StorageProvider.Sqlite, new()
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Alumia"] = "Trace",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Information",
                ["Logging:Console:LogLevel:Default"] = "Error",
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", // Nobody is there: the spans are looked at here.
            }),
            Services = services => services.AddLogging(logging => logging.AddProvider(new TextLog(log))),
        });
        var bench = await Bench.OfAsync(lab);
        var share = await (await Shares.MakeAsync(lab, bench.Scope)).OnAsync();
        var invitation = new Uri(await lab.Services.GetRequiredService<Invitations>().MakeAsync(bench.Scope, OrgRole.Member, 7, cancellation: Ended)).AbsolutePath;
        var key = (await lab.Services.GetRequiredService<ApiKeys>().CreateAsync(bench.Scope, "withheld", KeyScopes.All, null, Ended)).Secret;
        await lab.Services.GetRequiredService<ProviderKeys>().AddAsync(bench.Scope, "openai", ProviderKey, Ended);
        var session = (await bench.Conversations.CreateAsync(bench.Scope, bench.Project.Id, bench.Ala.Id, "openai/gpt-5.5", cancellation: Ended)).Id;
        await bench.AskAsync(session, $"Talk about {Said}");

        using var client = lab.Client();
        foreach (var path in new[] { share.Path, share.Path + "/nothing", $"/api/v1/share/{share.Token}", $"/api/v1/share/lab/{share.Token}", invitation })
            await client.GetAsync(path, Ended);
        await client.GetAsync($"/reset-password?user=usr_1&token={Said}", Ended);
        using (var webhook = new HttpRequestMessage(HttpMethod.Post, "/webhooks/stripe") { Content = new StringContent($"{{\"about\":\"{Said}\"}}") })
        {
            webhook.Headers.TryAddWithoutValidation("Stripe-Signature", Signature);
            await client.SendAsync(webhook, Ended);
        }
        foreach (var org in new[] { bench.Scope.OrgSlug, "another" })
        {
            using var call = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sessions");
            call.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            call.Headers.Add("X-Alumia-Org", org);
            await client.SendAsync(call, Ended);
        }
        await Eventually.True(() => spans.Any(span => Equals(span.GetTagItem("gen_ai.conversation.id"), session) && span.OperationName == "invoke_agent"), "the turn's span has ended");

        // Without the test's own requests, which nothing of the lab makes.
        var spoken = string.Join('\n', spans.Where(span => span is not { Kind: ActivityKind.Client, ParentId: null }).Select(span => $"{span.DisplayName} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))} {string.Join(' ', span.Events.SelectMany(each => each.Tags).Select(tag => tag.Value))}"));
        string logged;
        lock (log)
            logged = log.ToString();
        Assert.Contains("(withheld)", spoken, StringComparison.Ordinal); // They are the spans of these requests.
        Assert.Contains("Now listening on", logged, StringComparison.Ordinal);
        Assert.Contains($"session {session} turn", logged, StringComparison.Ordinal);
        foreach (var (what, secret) in new[] { ("share token", share.Token), ("invitation", invitation["/invite/".Length..]), ("API key", key[12..]), ("provider key", ProviderKey), ("message", Said), ("signature", Signature[6..]) })
        {
            Assert.False(logged.Contains(secret, StringComparison.Ordinal), $"The log tells the {what}: {Around(logged, secret)}");
            Assert.False(spoken.Contains(secret, StringComparison.Ordinal), $"A span tells the {what}: {Around(spoken, secret)}");
        }
    }

    private static string Around(string text, string secret)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        return at < 0 ? "" : text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)];
    }
}
