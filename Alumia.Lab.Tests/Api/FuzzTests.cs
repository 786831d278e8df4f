using System.Text.Json;
using Alumia.Lab.Agents;
using Alumia.Lab.Api;
using Alumia.Lab.Blocks;
using Alumia.Lab.Connectors;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Sharing;
using Alumia.Lab.Storage;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Sessions;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>Requests made of the OpenAPI document, right and wrong: none is a fault of the lab, and none tells anything of another org.</summary>
public sealed class FuzzTests
{
    private const string Mark = "Zq7-hidden-Zq7";
    private const int Seed = 20_261_125;

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Theory, BothProviders]
    public async Task No_request_is_answered_with_a_fault_or_with_anything_of_another_org(StorageProvider provider)
    {
        const string raised = "100000000";
        await using var lab = await LabHost.StartAsync(new LabHostOptions
        {
            Settings = await Bench.SettingsAsync(provider, new() { ["Limits:ChatPerMinute"] = raised, ["Limits:ApiPerMinute"] = raised, ["Limits:RefusedPerMinute"] = raised }),
        });
        var victim = await People.FoundAsync(lab, "victim");
        var foreign = await PlantAsync(lab, victim);
        var mine = await People.FoundAsync(lab, "fuzzer");
        var key = await lab.Services.GetRequiredService<ApiKeys>().CreateAsync(mine, "fuzzer", KeyScopes.All, null, Ended);
        using var client = lab.Client();
        var document = JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync("/openapi/v1.json", Ended));
        var fuzzer = new Fuzzer(document, Seed + (int)provider, (key.Secret, mine.OrgSlug, victim.OrgSlug));
        fuzzer.Values.AddForeign(foreign);
        await ConnectAsync(lab, mine, "ada@example.com");
        fuzzer.Values.Know("token", await ShareAsync(lab, mine));

        var count = Soak.Count(2_500, 20_000);
        Dictionary<int, int> statuses = [];
        HashSet<string> answered = [];
        // Nothing of the fuzzer's is interrupted or waits: there is nothing to resume or to approve. What only a signed-in browser may do is refused to every key.
        var browserOnly = ApiCall.Of(lab).Where(call => call.IsBrowserOnly).Select(call => $"{call.Method} /api/v1/{call.Pattern}").ToList();
        List<string> Missed() => [.. fuzzer.Names.Except(answered).Except(browserOnly).Where(name => !name.EndsWith("/resume", StringComparison.Ordinal) && !name.EndsWith("/approvals/{callId}", StringComparison.Ordinal))];
        var makers = fuzzer.Names.Where(name => name.StartsWith("POST", StringComparison.Ordinal)).Except(browserOnly).ToList();
        // What chance has left out by the end is asked for by name, and what it may lack is made in between.
        for (var i = 0; i < count || (i < 2 * count && Missed().Count > 0); i++)
        {
            var request = i < count ? fuzzer.Next() : fuzzer.Right(i % 2 == 0 ? Missed()[i / 2 % Missed().Count] : makers[i / 2 % makers.Count]);
            var (status, body) = await SendAsync(client, request);
            Assert.True(status < 500, $"Request {i} of seed {Seed + (int)provider}: {status} for {request}\n{body}");
            Assert.False(body.Contains(Mark, StringComparison.Ordinal), $"Request {i} of seed {Seed + (int)provider} tells of another org: {request}\n{body}");
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            if (status is >= 200 and < 300)
            {
                answered.Add($"{request.Method} {request.Template}");
                Learn(fuzzer, request, body);
            }
            else
            {
                AssertEnvelope(request, status, body);
            }
        }
        var passed = statuses.Where(pair => pair.Key is >= 200 and < 300).Sum(pair => pair.Value);
        Harness.Figures.Print($"API fuzzer on {provider}: {statuses.Values.Sum()} requests, {100 * passed / statuses.Values.Sum()} % answered 2xx, {answered.Count} of {fuzzer.Names.Count()} operations among them; "
            + string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(passed >= statuses.Values.Sum() / 5, $"only {passed} of {statuses.Values.Sum()} were answered 2xx");
        Assert.Empty(browserOnly.Intersect(answered));
        Assert.Empty(Missed());
        await AssertPlantedAsync(lab, victim, foreign);
    }

    private static async Task<(int Status, string Body)> SendAsync(HttpClient client, FuzzRequest made)
    {
        try
        {
            return await SendOnceAsync(client, made);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded || exception.InnerException is IOException)
        {
            // The server closes a line after what is no request, or too long; this one came by that line just then.
            return await SendOnceAsync(client, made);
        }
    }

    private static async Task<(int Status, string Body)> SendOnceAsync(HttpClient client, FuzzRequest made)
    {
        using var request = new HttpRequestMessage(new HttpMethod(made.Method), made.Address);
        if (made.Body is not null)
        {
            request.Content = new ByteArrayContent(made.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", made.MediaType);
        }
        if (made.Key is not null)
            request.Headers.Authorization = new("Bearer", made.Key);
        if (made.Org is not null)
            request.Headers.Add("X-Alumia-Org", made.Org);
        request.Headers.TryAddWithoutValidation("Accept", made.Accept);
        using var answer = await client.SendAsync(request, Ended);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ended));
    }

    private static void Learn(Fuzzer fuzzer, FuzzRequest request, string body)
    {
        if (!body.StartsWith('{'))
            return;
        var data = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("data");
        if (request.Method == "DELETE")
            fuzzer.Values.Forget(request.Resource, data.GetProperty("id").GetString()!);
        else if (request.Template.Split('/').Length <= 5)
            fuzzer.Values.Learn(request.Resource, data);
    }

    private static void AssertEnvelope(FuzzRequest request, int status, string body)
    {
        // What is no request at all the server itself refuses, before the lab sees it; a HEAD has no body.
        if (body.Length == 0 && (status is 400 or 414 or 431 || request.Method is "HEAD"))
            return;
        // An address that names no resource of the API is no call of it.
        if (!request.Address.StartsWith("/api/v1/", StringComparison.OrdinalIgnoreCase))
            return;
        Assert.True(body.StartsWith("{\"error\":{\"code\":\"", StringComparison.Ordinal), $"{status} for {request}:\n{body}");
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
    }

    /// <summary>Fills an org with marked things; returns their ids.</summary>
    private static async Task<IReadOnlyList<string>> PlantAsync(LabHost lab, OrgScope victim)
    {
        T Get<T>() where T : notnull => lab.Services.GetRequiredService<T>();
        var project = await Get<ProjectDirectory>().CreateAsync(victim, new ProjectEdit(Mark) { Description = Mark, Prompt = Mark, Tags = [Mark] }, Ended);
        var ala = await Get<AgentDirectory>().FindAsync(victim, Agent.AlaSlug, Ended);
        var agent = await Get<AgentDirectory>().CreateAsync(victim, AgentEdit.Of(ala) with { Name = Mark, Description = Mark, SystemPrompt = Mark }, Ended);
        var session = await Get<Conversations>().CreateAsync(victim, project.Id, agent.Id, label: Mark, cancellation: Ended);
        await Get<Conversations>().SendAsync(victim, session.Id, new NewMessage(Mark, $"My name is {Mark}"), Ended);
        var block = await Get<BlockShelf>().CreateAsync(victim, project.Id, BlockKind.Document, Mark, Mark, Ended);
        var key = await Get<ApiKeys>().CreateAsync(victim, Mark, KeyScopes.All, null, Ended);
        var connection = await ConnectAsync(lab, victim, Mark);
        return [project.Id, agent.Id, session.Id, block.Id, key.Key.Id, ala.Id, victim.OrgId, agent.Slug, connection];
    }

    /// <summary>What only a browser makes: a connection, which belongs to nobody's account anywhere.</summary>
    private static Task<string> ConnectAsync(LabHost lab, OrgScope owner, string account) => lab.Services.GetRequiredService<Writer>().Write(tx =>
    {
        var connection = new Connection
        {
            Id = Id.New("con", tx.NowMs),
            OrgId = owner.OrgId,
            Connector = "gmail",
            OwnerId = owner.UserId,
            Account = account,
            Status = ConnectionStatus.AuthFailed,
            Failure = account,
            StatusAtMs = tx.NowMs,
            CreatedAtMs = tx.NowMs,
        };
        tx.Db.Add(connection);
        return connection.Id;
    }, Ended);

    /// <summary>The token of a shared canvas.</summary>
    private static async Task<string> ShareAsync(LabHost lab, OrgScope owner)
    {
        var project = await lab.Services.GetRequiredService<ProjectDirectory>().CreateAsync(owner, new ProjectEdit("Open house"), Ended);
        var links = lab.Services.GetRequiredService<ShareLinks>();
        await links.SwitchOnAsync(owner, project.Id, SharedParts.All, Ended);
        return (await links.FindAsync(owner, project.Id, Ended)).Address!.Split('/')[^1];
    }

    private static async Task AssertPlantedAsync(LabHost lab, OrgScope victim, IReadOnlyList<string> ids)
    {
        Assert.Equal(Mark, (await lab.Services.GetRequiredService<ProjectDirectory>().FindAsync(victim, ids[0], Ended)).Name);
        Assert.Equal(Mark, (await lab.Services.GetRequiredService<AgentDirectory>().FindAsync(victim, ids[1], Ended)).SystemPrompt);
        Assert.Equal(Mark, (await lab.Services.GetRequiredService<Conversations>().FindAsync(victim, ids[2], Ended)).Label);
        Assert.Equal(Mark, (await lab.Services.GetRequiredService<BlockShelf>().GetAsync(victim, ids[3], Ended)).Content);
    }
}
