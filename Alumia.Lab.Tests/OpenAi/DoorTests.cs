using System.Net;
using Alumia.Lab.Agents;
using Alumia.Lab.Projects;
using Alumia.Lab.Sessions;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.OpenAi;

/// <summary>Whom the OpenAI door lets in, and how it says no.</summary>
public sealed class DoorTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private const string Model = "groq/llama-3.3-70b-versatile";

    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    private LabHost Lab => shared.Lab;

    [Fact]
    public async Task The_org_is_the_keys_own_and_another_one_in_the_header_is_401()
    {
        using var door = await OpenAsync("oona");
        await People.FoundAsync(Lab, "oona-other");
        using (var named = await door.GetAsync("/v1/models", "oona"))
            Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        foreach (var wrong in new[] { "oona-other", "no-such-org" })
        {
            using var refused = await door.GetAsync("/v1/models", wrong);
            Assert.Equal("Bearer", refused.Headers.WwwAuthenticate.ToString());
            var (status, type, param, code, message) = await Door.ErrorAsync(refused);
            Assert.Equal((401, "authentication_error", null, "invalid_api_key"), (status, type, param, code));
            Assert.Contains("not good for this organization", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_good_key_nothing_is_told()
    {
        await People.FoundAsync(Lab, "otis");
        using var browser = await People.BrowseAsync(Lab, "otis"); // A cookie opens the lab's own door, not this one.
        foreach (var client in new[] { Lab.Client(), browser })
        {
            using var answer = await client.GetAsync("/v1/models", Ended);
            Assert.Equal(401, (await Door.ErrorAsync(answer)).Status);
        }
        using var wrong = Lab.Client();
        wrong.DefaultRequestHeaders.Authorization = new("Bearer", "alm_test_wrong");
        using var refused = await wrong.GetAsync("/v1/models", Ended);
        var error = await Door.ErrorAsync(refused);
        Assert.Equal((401, "invalid_api_key"), (error.Status, error.Code));
    }

    [Fact]
    public async Task What_is_not_there_is_404_in_OpenAIs_shape()
    {
        using var door = await OpenAsync("olga");
        var other = await People.FoundAsync(Lab, "olga-other");
        var theirs = await Lab.Services.GetRequiredService<AgentDirectory>().CreateAsync(other, AgentEdit.Of(await AlaAsync(other)) with { Name = "Theirs" }, Ended);
        foreach (var model in new[] { $"agent/{theirs.Slug}", "agent/nobody", "groq/nothing", "ala" })
        {
            using var answer = await door.AskAsync(model, "Hello");
            var (status, type, param, code, _) = await Door.ErrorAsync(answer);
            Assert.Equal((model, 404, "invalid_request_error", "model", "model_not_found"), (model, status, type, param, code));
        }
        using var nowhere = await door.GetAsync("/v1/embeddings");
        Assert.Equal(404, (await Door.ErrorAsync(nowhere)).Status);
    }

    [Theory]
    [InlineData("{ not json", null)]
    [InlineData("[]", null)]
    [InlineData("null", "model")]
    [InlineData("{}", "model")]
    [InlineData("""{"model":"agent/ala"}""", "messages")]
    [InlineData("""{"model":"agent/ala","messages":[]}""", "messages")]
    [InlineData("""{"model":"agent/ala","messages":[null]}""", "messages")]
    [InlineData("""{"model":"agent/ala","messages":[{"role":"assistant","content":"Hello"}]}""", "messages")]
    [InlineData("""{"model":"agent/ala","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}""", "messages")]
    [InlineData("""{"model":"agent/ala","messages":[{"role":"user","content":"Hello"}],"tools":[{"type":"function","function":{"name":"x"}}]}""", "tools")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"nobody","content":"Hello"}]}""", "messages")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":5}]}""", "messages")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"tool","content":"x"}]}""", "messages")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":"x"}],"stop":[1]}""", "stop")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "tools")]
    [InlineData("""{"model":"MODEL","messages":[{"role":"user","content":"x"}],"tool_choice":"all"}""", "tool_choice")]
    [InlineData("""{"model":"MODEL","messages":"x"}""", null)]
    public async Task A_body_that_is_no_good_is_400_and_says_where(string body, string? param)
    {
        using var door = await OpenAsync($"o{Guid.NewGuid():N}"[..12]);
        using var answer = await door.SendAsync(body.Replace("MODEL", Model, StringComparison.Ordinal));
        var error = await Door.ErrorAsync(answer);
        Assert.Equal((400, "invalid_request_error", param), (error.Status, error.Type, error.Param));
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
        Assert.Empty(await door.SessionsAsync());
    }

    [Fact]
    public async Task Agents_and_models_have_one_limit_and_over_it_nothing_is_made()
    {
        await using var lab = await LabHost.StartAsync(new LabHostOptions { Settings = new Dictionary<string, string?> { ["Limits:ChatPerMinute"] = "2" } });
        var owner = await People.FoundAsync(lab, "oscar");
        using var door = await Door.OfAsync(lab, owner);
        foreach (var model in new[] { "agent/ala", Model })
        {
            using var passed = await door.AskAsync(model, "[[say Yes]]");
            Assert.Equal("Yes", (await Door.JsonAsync(passed)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
            Assert.Equal("\"chat\";q=2;w=60", passed.Headers.GetValues("RateLimit-Policy").Single());
        }
        foreach (var model in new[] { "agent/ala", Model })
        {
            using var refused = await door.AskAsync(model, "[[say Yes]]");
            var (status, type, _, code, _) = await Door.ErrorAsync(refused);
            Assert.Equal((429, "rate_limit_error", "rate_limit_exceeded"), (status, type, code));
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        }
        var project = await lab.Services.GetRequiredService<ProjectDirectory>().ApiProjectAsync(owner, Ended);
        Assert.Single(await lab.Services.GetRequiredService<Conversations>().ListAsync(owner, project.Id, Ended));
    }

    private async Task<Door> OpenAsync(string name) => await Door.OfAsync(Lab, await People.FoundAsync(Lab, name));

    private Task<Agent> AlaAsync(Alumia.Lab.Organizations.OrgScope scope) => Lab.Services.GetRequiredService<AgentDirectory>().FindAsync(scope, Agent.AlaSlug, Ended);
}
