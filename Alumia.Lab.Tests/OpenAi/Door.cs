using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Organizations;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.OpenAi;

/// <summary>The OpenAI door of a lab, for one person: bare HTTP, and OpenAI's own client for Node.</summary>
internal sealed class Door : IDisposable
{
    private readonly HttpClient _client;

    private Door(LabHost lab, OrgScope person, string key, HttpClient client) => (Lab, Person, Key, _client) = (lab, person, key, client);

    public LabHost Lab { get; }

    public OrgScope Person { get; }

    public string Key { get; }

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static async Task<Door> OfAsync(LabHost lab, OrgScope person)
    {
        var key = (await lab.Services.GetRequiredService<ApiKeys>().CreateAsync(person, "test", KeyScopes.All, null, Ended)).Secret;
        var client = lab.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return new Door(lab, person, key, client);
    }

    public Task<HttpResponseMessage> AskAsync(object body, string? org = null, CancellationToken? cancellation = null) => SendAsync(JsonContent.Create(body), org, cancellation);

    public Task<HttpResponseMessage> AskAsync(string model, string text) => AskAsync(new { model, messages = new[] { new { role = "user", content = text } } });

    public Task<HttpResponseMessage> SendAsync(string body) => SendAsync(new StringContent(body, Encoding.UTF8, "application/json"), null);

    public Task<HttpResponseMessage> GetAsync(string address, string? org = null) => SendAsync(HttpMethod.Get, address, null, org);

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(Ended);

    /// <summary>The error of an answer, which must have just the members that OpenAI's have.</summary>
    public static async Task<(int Status, string Type, string? Param, string? Code, string Message)> ErrorAsync(HttpResponseMessage answer)
    {
        var body = await JsonAsync(answer);
        Assert.Equal(["error"], body.EnumerateObject().Select(member => member.Name));
        return Error((int)answer.StatusCode, body.GetProperty("error"));
    }

    public static (int Status, string Type, string? Param, string? Code, string Message) Error(int status, JsonElement error)
    {
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        return (status, error.GetProperty("type").GetString()!, error.GetProperty("param").GetString(), error.GetProperty("code").GetString(), error.GetProperty("message").GetString()!);
    }

    /// <summary>The sessions of the org's API project.</summary>
    public async Task<IReadOnlyList<Session>> SessionsAsync()
    {
        var project = await Lab.Services.GetRequiredService<ProjectDirectory>().ApiProjectAsync(Person, Ended);
        return await Lab.Services.GetRequiredService<Conversations>().ListAsync(Person, project.Id, Ended);
    }

    /// <summary>Runs a deed of <c>client.mjs</c>; gives the JSON that it printed.</summary>
    public async Task<JsonElement> NodeAsync(params string[] deed)
    {
        var node = Parts.Need(Part.Node);
        var script = Path.Combine(Repository.Root, "Alumia.Lab.Tests", "OpenAi", "client.mjs");
        await using var process = await ChildProcess.StartAsync(node, [script, .. deed],
            new Dictionary<string, string?> { ["OPENAI_BASE_URL"] = new Uri(Lab.Address, "v1").ToString(), ["OPENAI_API_KEY"] = Key });
        var code = await process.Exited.WaitAsync(Ended);
        Assert.True(code == 0, process.Output);
        return JsonSerializer.Deserialize<JsonElement>(process.Output);
    }

    public void Dispose() => _client.Dispose();

    private Task<HttpResponseMessage> SendAsync(HttpContent body, string? org, CancellationToken? cancellation = null) =>
        SendAsync(HttpMethod.Post, "/v1/chat/completions", body, org, cancellation);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, HttpContent? body, string? org, CancellationToken? cancellation = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = body };
        if (org is not null)
            request.Headers.Add("X-Alumia-Org", org);
        return await _client.SendAsync(request, cancellation ?? Ended);
    }
}
