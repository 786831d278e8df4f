using Alumia.Lab.Tools;

namespace Alumia.Lab.Blocks.Tools;

/// <summary>A tool of the shelf.</summary>
public abstract class BlockTool(string name, string description, string schema) : AnsweringTool(name, description, schema)
{
    /// <summary>A block as the model is told of it.</summary>
    protected static string Line(Block block) => $"{block.Id} ({block.Kind.Word()}, version {block.Version}): {block.Title}";
}
