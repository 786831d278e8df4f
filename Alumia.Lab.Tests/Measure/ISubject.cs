using Alumia.Lab.Tests.Harness;
using Microsoft.Playwright;

namespace Alumia.Lab.Tests.Measure;

/// <summary>A page that shows a <see cref="SampleGraph"/>, to be measured.</summary>
internal interface ISubject : ILab, IAsyncDisposable
{
    string Name { get; }

    /// <summary>Where the canvas is, relative to <see cref="ILab.Address"/>.</summary>
    string Path { get; }

    /// <summary>What the measuring script finds the page's parts by.</summary>
    Anatomy Anatomy { get; }

    /// <summary>Lets this person in.</summary>
    Task EnterAsync(IPage page);

    /// <summary>From here on the streaming agents' text grows ten times a second, each for itself.</summary>
    Task StartStreamingAsync();
}

/// <summary>Selectors of a page's parts, for <c>watch.js</c>.</summary>
/// <param name="Canvas">What the hand moves in.</param>
/// <param name="Layer">What is scaled when the hand zooms.</param>
/// <param name="Ground">What the hand takes to pan.</param>
/// <param name="Node">Every node.</param>
/// <param name="Agent">The nodes of agents.</param>
/// <param name="Link">Every link.</param>
/// <param name="Far">What stands for all nodes in a far view that is painted.</param>
/// <param name="Streaming">The nodes whose text streams.</param>
internal sealed record Anatomy(string Canvas, string Layer, string Ground, string Node, string Agent, string Link, string Far, string Streaming);
