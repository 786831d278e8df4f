using System.Text.Json;
using Alumia.Lab.Api;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;
using Microsoft.Extensions.DependencyInjection;

namespace Alumia.Lab.Tests.Api;

/// <summary>The README's quick start, run as it is written.</summary>
public sealed class QuickStartTests(SharedLab shared) : IClassFixture<SharedLab>
{
    private static CancellationToken Ended => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_five_lines_of_the_README_do_what_they_say()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), Ended);
        var start = readme.IndexOf("```bash\n", StringComparison.Ordinal) + "```bash\n".Length;
        var script = readme[start..readme.IndexOf("\n```", start, StringComparison.Ordinal)];
        Assert.Equal(5, script.Split('\n').Length);
        var owner = await People.FoundAsync(shared.Lab, "quentin");
        var key = await shared.Lab.Services.GetRequiredService<ApiKeys>().CreateAsync(owner, "quick start", KeyScopes.All, null, Ended);
        await using var bash = await ChildProcess.StartAsync("bash", ["-euo", "pipefail", "-c", script], new Dictionary<string, string?>
        {
            ["ALUMIA_KEY"] = key.Secret,
            ["ALUMIA_ORG"] = owner.OrgSlug,
            ["ALUMIA_URL"] = shared.Lab.Address.ToString().TrimEnd('/'),
        });
        var code = await bash.Exited.WaitAsync(TimeSpan.FromSeconds(60), Ended);
        Assert.True(code == 0, bash.Output);
        var lines = bash.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("ala", Items(lines[0])[0].GetProperty("slug").GetString());
        Assert.Equal("From curl", JsonSerializer.Deserialize<JsonElement>(lines[1]).GetProperty("data").GetProperty("name").GetString());
        Assert.Contains("data: [DONE]", lines);
        Assert.Contains(lines, line => line.StartsWith("data: {\"type\":\"text-delta\"", StringComparison.Ordinal));
        Assert.Equal("idle", Assert.Single(Items(lines[^1])).GetProperty("status").GetString());
    }

    private static List<JsonElement> Items(string line) => [.. JsonSerializer.Deserialize<JsonElement>(line).GetProperty("data").GetProperty("items").EnumerateArray()];
}
