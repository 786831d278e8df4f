using System.Text.Json;
using Alumia.Lab.Tests.Harness;
using Alumia.Lab.Tests.Stories;

namespace Alumia.Lab.Tests.Api;

/// <summary>Blocks over the API: by the same rules as people's edits.</summary>
public sealed class BlockCallTests(SharedLab shared) : IClassFixture<SharedLab>
{
    [Fact]
    public async Task A_block_is_made_found_read_edited_and_deleted()
    {
        using var client = await ApiClient.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, "bella"));
        var project = Text(Data((await client.PostAsync("projects", new { name = "Notes" })).Body), "id");
        var (status, made) = await client.PostAsync("blocks", new { projectId = project, kind = "document", title = "Plan", content = "Walk to the lighthouse" });
        Assert.Equal((200, "Walk to the lighthouse", 1), (status, Text(Data(made), "content"), Data(made).GetProperty("version").GetInt32()));
        await client.PostAsync("blocks", new { projectId = project, kind = "code", title = "Sum", content = """{"language":"python","text":"print(1)"}""" });
        var id = Text(Data(made), "id");
        Assert.Equal(2, (await client.AllAsync($"blocks?projectId={project}", 1)).Count);
        Assert.Equal(id, Text(Assert.Single(await client.AllAsync($"blocks?projectId={project}&kind=document", 50)), "id"));
        var found = Assert.Single(await client.AllAsync($"blocks?projectId={project}&search=LIGHTHOUSE", 50));
        Assert.Contains("lighthouse", Text(found, "excerpt"), StringComparison.Ordinal);

        var edit = Data((await client.PatchAsync($"blocks/{id}", new { baseVersion = 1, content = "Row to the lighthouse" })).Body);
        Assert.Equal((2, false, "Plan"), (edit.GetProperty("writtenVersion").GetInt32(), edit.GetProperty("isClash").GetBoolean(), Text(edit.GetProperty("block"), "title")));
        var versions = await client.AllAsync($"blocks/{id}/versions", 50);
        Assert.Equal([2, 1], versions.Select(version => version.GetProperty("version").GetInt32()));
        Assert.All(versions, version => Assert.Equal(("person", "bella"), (Text(version, "by"), Text(version, "byName"))));
        Assert.Equal("Walk to the lighthouse", Text(Data((await client.GetAsync($"blocks/{id}/versions/1")).Body), "content"));
        Assert.Equal(404, (await client.GetAsync($"blocks/{id}/versions/9")).Status);

        Assert.Equal(200, (await client.DeleteAsync($"blocks/{id}")).Status);
        Assert.Equal(404, (await client.GetAsync($"blocks/{id}")).Status);
        Assert.Equal(404, (await client.DeleteAsync($"blocks/{id}")).Status);
    }

    [Fact]
    public async Task An_edit_of_an_older_version_is_merged_or_kept_as_a_clash()
    {
        using var client = await ApiClient.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, "boris"));
        var project = Text(Data((await client.PostAsync("projects", new { name = "Notes" })).Body), "id");
        var id = Text(Data((await client.PostAsync("blocks", new { projectId = project, kind = "document", title = "Plan", content = "one\n\ntwo\n\nthree" })).Body), "id");
        await client.PatchAsync($"blocks/{id}", new { baseVersion = 1, content = "ONE\n\ntwo\n\nthree" });
        var merged = Data((await client.PatchAsync($"blocks/{id}", new { baseVersion = 1, content = "one\n\ntwo\n\nTHREE" })).Body);
        Assert.Equal("ONE\n\ntwo\n\nTHREE", Text(merged.GetProperty("block"), "content"));
        var clash = Data((await client.PatchAsync($"blocks/{id}", new { baseVersion = 1, content = "Uno\n\ntwo\n\nthree" })).Body);
        Assert.True(clash.GetProperty("isClash").GetBoolean());
        Assert.Equal("ONE\n\ntwo\n\nTHREE", Text(clash.GetProperty("block"), "content"));
        Assert.Equal(clash.GetProperty("writtenVersion").GetInt32(), clash.GetProperty("block").GetProperty("clashes")[0].GetInt32());
    }

    [Fact]
    public async Task What_no_block_can_be_is_refused_with_the_field()
    {
        using var client = await ApiClient.OfAsync(shared.Lab, await People.FoundAsync(shared.Lab, "bruno"));
        var project = Text(Data((await client.PostAsync("projects", new { name = "Notes" })).Body), "id");
        var id = Text(Data((await client.PostAsync("blocks", new { projectId = project, kind = "document", title = "Plan", content = "one" })).Body), "id");
        await AssertInvalidAsync("projectId", client.GetAsync("blocks"));
        await AssertInvalidAsync("kind", client.GetAsync($"blocks?projectId={project}&kind=film"));
        await AssertInvalidAsync("projectId", client.PostAsync("blocks", new { kind = "document", title = "x", content = "x" }));
        await AssertInvalidAsync("kind", client.PostAsync("blocks", new { projectId = project, title = "x", content = "x" }));
        await AssertInvalidAsync("title", client.PostAsync("blocks", new { projectId = project, kind = "document", content = "x" }));
        await AssertInvalidAsync("content", client.PostAsync("blocks", new { projectId = project, kind = "document", title = "x" }));
        await AssertInvalidAsync("content", client.PostAsync("blocks", new { projectId = project, kind = "table", title = "x", content = "no table" }));
        await AssertInvalidAsync("baseVersion", client.PatchAsync($"blocks/{id}", new { content = "two" }));
        await AssertInvalidAsync("baseVersion", client.PatchAsync($"blocks/{id}", new { baseVersion = 7, content = "two" }));
        Assert.Equal("one", Text(Data((await client.GetAsync($"blocks/{id}")).Body), "content"));
    }

    private static async Task AssertInvalidAsync(string field, Task<(int Status, JsonElement Body)> call)
    {
        var (status, body) = await call;
        Assert.Equal((422, "VALIDATION_ERROR"), (status, Text(body.GetProperty("error"), "code")));
        Assert.Equal(field, Text(body.GetProperty("error").GetProperty("fields")[0], "field"));
    }

    private static JsonElement Data(JsonElement body) => body.GetProperty("data");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
