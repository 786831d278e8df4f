using Alumia.Lab.Tests.Harness;
using ArchUnitNET.Loader;

namespace Alumia.Lab.Tests.Architecture;

/// <summary>Arrows run downward only, as docs/architecture.md draws them.</summary>
public sealed class LayersTests
{
    private const string Root = "Alumia.Lab";
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> _lab = new(() => new ArchLoader().LoadAssemblies(typeof(Refusal).Assembly).Build());
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> _samples = new(() => new ArchLoader().LoadAssemblies(typeof(LayersTests).Assembly).Build());

    [Fact]
    public void A_room_uses_only_rooms_below_it() =>
        Assert.Empty(Arrows(_lab.Value, Root).Where(arrow => !Layers.Allow(arrow.From, arrow.To)).Select(arrow => arrow.ToString()).Order());

    [Fact]
    public void Every_room_stands_in_the_table()
    {
        var namespaces = _lab.Value.Types.Where(type => IsUnder(type.Namespace?.FullName, Root)).Select(type => Layers.RoomOf(type.Namespace.FullName)).OfType<string>().Distinct();
        var folders = Directory.GetDirectories(Path.Combine(Repository.Root, Root)).Select(folder => Path.GetFileName(folder))
            .Except(["bin", "obj", "Properties"]);

        Assert.Empty(namespaces.Union(folders).Where(room => !Layers.Knows(room)).Order());
    }

    [Fact]
    public void A_files_namespace_is_its_room()
    {
        var strangers = Sources.Of(Root, "*.cs").Where(file => file.Room is not null)
            .SelectMany(file => file.Lines.Where(line => line.Text.StartsWith("namespace ", StringComparison.Ordinal)
                && Layers.RoomOf(line.Text[10..].TrimEnd(';', ' ', '{')) != file.Room));

        Assert.Empty(strangers);
    }

    [Theory]
    [InlineData("Layout", "Storage", true)]
    [InlineData("Organizations", "Accounts", true)]
    [InlineData("Accounts", "Organizations", false)]
    [InlineData("Agents", "Ledger", false)]
    [InlineData("Storage", "Layout", false)]
    [InlineData("Storage", null, true)]
    [InlineData(null, "Storage", false)]
    public void The_table_reads_as_it_is_meant(string? from, string? to, bool allowed) => Assert.Equal(allowed, Layers.Allow(from, to));

    /// <summary>The detector sees an arrow wherever code can hide it; without this, the first test could pass by blindness.</summary>
    [Theory]
    [InlineData("FieldUser")]
    [InlineData("CallerInLambda")]
    [InlineData("CallerInAsync")]
    [InlineData("CallerInIterator")]
    [InlineData("GenericUser")]
    [InlineData("AttributeUser")]
    [InlineData("LocalFunctionUser")]
    public void An_upward_arrow_is_seen(string user) =>
        Assert.Contains(Arrows(_samples.Value, "Alumia.Lab.Tests.Architecture.Samples"), arrow => arrow is { From: "Low", To: "High" } && arrow.Origin.Contains(user, StringComparison.Ordinal));

    private static IEnumerable<Arrow> Arrows(ArchUnitNET.Domain.Architecture architecture, string root) =>
        architecture.Types
            .Where(type => IsUnder(type.Namespace?.FullName, root) && type.Name != "_Imports")
            .SelectMany(type => type.Dependencies.Select(dependency => dependency.Target)
                .Where(target => IsUnder(target.Namespace?.FullName, root))
                .Select(target => new Arrow(
                    Layers.RoomOf(type.Namespace.FullName, root), type.FullName, Layers.RoomOf(target.Namespace.FullName, root), target.FullName)))
            .Distinct();

    private static bool IsUnder(string? ns, string root) => ns is not null && (ns == root || ns.StartsWith(root + ".", StringComparison.Ordinal));

    private sealed record Arrow(string? From, string Origin, string? To, string Target)
    {
        public override string ToString() => $"{Origin} ({From ?? "root"}) uses {Target} ({To ?? "root"})";
    }
}
