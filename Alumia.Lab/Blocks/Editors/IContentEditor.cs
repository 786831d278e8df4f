namespace Alumia.Lab.Blocks.Editors;

/// <summary>The part of an editor that one kind of block has.</summary>
internal interface IContentEditor
{
    /// <summary>What is written now, in the form that is stored.</summary>
    Task<string> ContentAsync(CancellationToken cancellation);

    /// <summary>What is written needs no draft any more: it is saved, or thrown away.</summary>
    Task ForgetAsync();
}
