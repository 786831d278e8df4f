using System.Text.Json.Nodes;
using Alumia.Lab.Mcp;

namespace Alumia.Lab.Tests.Mcp;

/// <summary>Names, schemas and texts of servers, which may be anything.</summary>
public sealed class McpTextTests
{
    [Theory]
    [InlineData("echo", "acme.echo")]
    [InlineData("get-sum", "acme.get-sum")]
    [InlineData("createIssue", "acme.createIssue")]
    public void A_name_that_fits_stays_as_it_is(string tool, string name) => Assert.Equal(name, McpNames.Of("acme", tool));

    [Fact]
    public void Whatever_a_tool_is_called_its_name_here_is_its_own_and_fits_every_provider()
    {
        string[] tools = ["search.files", "search_files", "search--files", "search-files", "-search-files", "search/files", "suche größe", "搜索", "", new string('a', 64), new string('a', 65), new string('a', 200)];
        var names = tools.Select(tool => McpNames.Of("a-slug-of-24-characters-", tool)).ToList();

        Assert.Equal(tools.Length, names.Distinct().Count());
        Assert.All(names, name =>
        {
            var wire = Lab.Models.ToolNames.ToWire(name);
            Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", wire);
            Assert.DoesNotContain("--", name, StringComparison.Ordinal);
        });
        Assert.All(tools.Select(tool => McpNames.Of("acme", tool)), name => Assert.Equal(name, Lab.Models.ToolNames.FromWire(Lab.Models.ToolNames.ToWire(name))));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"pattern":{"type":"string","pattern":"^(a+)+$"}}}""")]
    [InlineData("""{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"number"}}}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}""")]
    public void An_objects_schema_is_taken(string schema)
    {
        var read = McpSchema.Read(schema, out var fault);

        Assert.Equal("", fault);
        Assert.DoesNotContain("^(a+)+$", read!.Value.GetRawText(), StringComparison.Ordinal);
        if (schema.Contains("\"pattern\":{", StringComparison.Ordinal))
            Assert.True(read.Value.GetProperty("properties").TryGetProperty("pattern", out _)); // An argument of that name is no regular expression.
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData("""{"type":"string"}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"https://example.com/schema"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/none"}}}""")]
    [InlineData("""{"type":"object","properties":7}""")]
    public void Another_one_is_not_and_says_why(string schema)
    {
        Assert.Null(McpSchema.Read(schema, out var fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void A_schema_that_is_too_deep_or_too_long_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"type":"object","properties":{"a":""", 40)) + "{}" + new string('}', 80);
        Assert.Null(McpSchema.Read(deep, out var fault));
        Assert.NotEmpty(fault);
        Assert.Null(McpSchema.Read($$"""{"type":"object","description":"{{new string('a', McpSchema.Most)}}"}""", out fault));
        Assert.Contains("60,000", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_a_schemas_names_is_no_change_and_everything_else_is()
    {
        SeenTool Seen(string description, string schema, bool reads = false) => SeenTool.Of(TestMcpServer.Tool("t", description, schema, reads))!;
        var one = Seen("Reads.", """{"type":"object","properties":{"a":{"type":"string"},"b":{}}}""");

        Assert.Equal(one.Hash, Seen("Reads.", """{"properties":{"b":{},"a":{"type":"string"}},"type":"object"}""").Hash);
        Assert.NotEqual(one.Hash, Seen("Reads!", """{"type":"object","properties":{"a":{"type":"string"},"b":{}}}""").Hash);
        Assert.NotEqual(one.Hash, Seen("Reads.", """{"type":"object","properties":{"a":{"type":"number"},"b":{}}}""").Hash);
        Assert.NotEqual(one.Hash, Seen("Reads.", """{"type":"object","properties":{"a":{"type":"string"},"b":{}}}""", reads: true).Hash);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":"\ud800"}""")]
    public void What_is_no_tool_is_left_out(string entry) => Assert.Null(SeenTool.Of(JsonNode.Parse(entry)));
}
